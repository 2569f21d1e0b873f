//! Analyzing generated projects of TSX files, beside reading the same files; and the memory of a large one.
//!
//! `cargo bench --bench analyze` prints two rows. The two sides of the first take turns in the same run; the second is
//! measured in a process of its own, since the most memory that a process ever had includes all that it did before.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use decantr::analyze::{Analysis, NoProgress, Options, analyze};
use decantr::base::clock::Clock;

/// How many files the project has that is compared with reading it.
const FILES: usize = 1_000;

/// How many files the large project has.
const MANY_FILES: usize = 20_000;

/// How often each side of the comparison runs.
const ROUNDS: usize = 40;

/// One file in so many is a page.
const PAGE_EVERY: usize = 10;

const MANIFEST: &str = r#"{ "name": "bench", "dependencies": { "next": "15.1.0", "react": "19.0.0", "tailwindcss": "4.0.0" } }"#;

/// The text of the component `number`: imports, types, state, a list, conditions and class names, in about 4 KB.
fn component(number: usize) -> String {
    let mut text = format!(
        "import {{ useMemo, useState }} from \"react\";\nimport {{ cn }} from \"@/lib/cn\";\n\
         import {{ Card{number} as Inner }} from \"./card-{number}\";\n\n\
         export interface Props{number} {{\n  title: string;\n  items: {{ id: string; label: string; price?: number }}[];\n  \
         onSelect?: (id: string) => void;\n}}\n\n\
         const LABELS: Record<string, string> = {{ open: \"Open\", closed: \"Closed\" }};\n\n"
    );
    for part in 0..4 {
        write!(
            text,
            "{export}function Part{number}x{part}({{ title, items, onSelect }}: Props{number}) {{\n  \
             const [query, setQuery] = useState(\"\");\n  \
             const shown = useMemo(() => items.filter((item) => item.label.includes(query)), [items, query]);\n  \
             if (shown.length === 0) {{\n    return null;\n  }}\n  return (\n    \
             <section className={{cn(\"flex flex-col gap-{part} rounded-lg border p-4 dark:bg-black\", query && \"shadow\")}}>\n      \
             <h2 className=\"text-lg font-semibold\">{{title}} ({{LABELS.open}})</h2>\n      \
             <input value={{query}} onChange={{(event) => setQuery(event.target.value)}} placeholder=\"Search\" />\n      \
             <ul>\n        {{shown.map((item) => (\n          \
             <li key={{item.id}} onClick={{() => onSelect?.(item.id)}} className=\"cursor-pointer hover:underline\">\n            \
             {{item.label}}\n            {{item.price ? <span>{{item.price.toFixed(2)}}</span> : <em>free</em>}}\n          \
             </li>\n        ))}}\n      </ul>\n      <Inner title={{`${{title}} {part}`}} />\n    </section>\n  );\n}}\n\n",
            export = if part == 0 { "export default " } else { "" },
        )
        .expect("a text");
    }
    text
}

/// Writes a Next.js project of `files` TSX files into `folder`; their paths.
fn generate(folder: &Path, files: usize) -> Vec<PathBuf> {
    fs::write(folder.join("package.json"), MANIFEST).expect("a manifest");
    let paths = (0..files).map(|number| {
        let path = if number % PAGE_EVERY == 0 {
            folder.join(format!("app/group-{}/page-{number}/page.tsx", number / 500))
        } else {
            folder.join(format!(
                "components/group-{}/card-{number}.tsx",
                number / 100
            ))
        };
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, component(number)).expect("a file");
        path
    });
    paths.collect()
}

fn analyzed(folder: &Path) -> Analysis {
    let options = Options::default();
    analyze(folder, &options, &Clock::system(), &NoProgress).expect("a report")
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}

/// The most memory that this process ever had, in MiB.
fn peak_memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("the status of this process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let kibibytes: u32 = number.expect("VmHWM").parse().expect("a number");
    f64::from(kibibytes) / 1024.0
}

/// Analyzes `folder` and prints how long it took, in milliseconds, and how much memory, in MiB.
fn measure(folder: &Path) {
    let start = Instant::now();
    let analysis = analyzed(folder);
    let time = start.elapsed().as_secs_f64() * 1e3;
    assert_eq!(analysis.route_count(), MANY_FILES / PAGE_EVERY);
    println!("{time:.0} {:.0}", peak_memory());
}

fn main() {
    if let Some(folder) = std::env::args_os()
        .skip_while(|arg| arg != "--measure")
        .nth(1)
    {
        return measure(Path::new(&folder));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = generate(folder.path(), FILES);
    let (mut reading, mut analyzing) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for path in &paths {
            black_box(fs::read(path).expect("a file"));
        }
        reading.push(start.elapsed());
        let start = Instant::now();
        let analysis = black_box(analyzed(folder.path()));
        analyzing.push(start.elapsed());
        assert_eq!(analysis.route_count(), FILES / PAGE_EVERY);
    }
    let (reading, analyzing) = (median(&mut reading), median(&mut analyzing));
    println!("| median of {ROUNDS} in turns, warm | baseline | measured | ratio | budget |");
    println!("|---|---:|---:|---:|---|");
    println!(
        "| analyze {FILES} TSX files / read the same files | {reading:.1} ms | {analyzing:.1} ms | {:.1} | ≤ 4 × |",
        analyzing / reading
    );

    let folder = tempfile::tempdir().expect("a temporary folder");
    generate(folder.path(), MANY_FILES);
    let program = std::env::current_exe().expect("the path of this program");
    let output = Command::new(program)
        .arg("--measure")
        .arg(folder.path())
        .output()
        .expect("a measurement");
    let text = String::from_utf8_lossy(&output.stdout);
    let (time, memory) = text.trim().split_once(' ').expect("two numbers");
    println!(
        "| analyze {MANY_FILES} TSX files in a process of its own, first run | | {time} ms, {memory} MiB | | ≤ 150 MiB |"
    );
}

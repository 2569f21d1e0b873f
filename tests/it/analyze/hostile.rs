//! Every file that a framework or a tool reads, made into something that nests, waits, loops or is no file at all.

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use decantr::analyze::Analysis;

use super::support::{PAGE, Project, codes, next, project, routes};
use super::valid::{COMMON, ValidFile, frameworks};

/// How long one analysis may take, on a busy machine and without optimization.
const MAX_TIME: Duration = Duration::from_secs(20);

/// What opens something in one of the languages, or doubles the work of whoever looks for its end.
const OPENERS: [&str; 28] = [
    "[",
    "{",
    "(",
    "{\"a\":",
    "- ",
    "? ",
    "a:\n ",
    "&a [*a,",
    "`${",
    "<a>",
    "<div",
    "</",
    "{#if a}",
    "<script>",
    "<style>",
    "<template>",
    "---\n",
    "<!--",
    "/*",
    "//",
    "\"",
    "@media (",
    "() => {",
    "...[",
    "a?b:",
    "export * from '",
    "\\",
    "\u{feff}",
];

/// A project of the framework with these dependencies, each of its files made by `file`.
fn framework(
    dependencies: &str,
    own: &[ValidFile],
    file: impl Fn(&str) -> Option<Vec<u8>>,
) -> Project {
    let manifest = format!("{{ \"name\": \"app\", \"dependencies\": {{ {dependencies} }} }}");
    let project = project(&[("package.json", &manifest)]);
    for (name, text) in own {
        if let Some(bytes) = file(text) {
            project.write(name, &bytes);
        }
    }
    project
}

/// The files that are read beside the manifest, whatever the framework; one lockfile and one kind of workspace of many.
fn tools() -> impl Iterator<Item = &'static ValidFile> {
    COMMON.iter().filter(|(name, _)| *name != "index.html")
}

fn analyze_in_time(project: &Project, what: &str) -> Option<Analysis> {
    let started = Instant::now();
    let analysis = project.try_analyze(".").ok();
    assert!(
        started.elapsed() < MAX_TIME,
        "{what}: {:?}",
        started.elapsed()
    );
    analysis
}

/// Each file gets another opener in each round.
#[test]
fn whatever_is_opened_and_never_closed_ends_in_every_file() {
    for (dependencies, own) in frameworks() {
        for round in 0..4 {
            let number = Cell::new(round);
            let project = framework(dependencies, own, |text| {
                number.set(number.get() + 5);
                let opener = OPENERS[number.get() % OPENERS.len()];
                let deep = opener.repeat(60_000 / opener.len());
                Some(
                    if round % 2 == 0 {
                        deep + text
                    } else {
                        format!("{text}{deep}")
                    }
                    .into(),
                )
            });
            analyze_in_time(&project, dependencies);
        }
    }
}

#[test]
fn whatever_is_opened_and_never_closed_ends_in_the_files_of_tools() {
    for (number, (name, text)) in tools().enumerate() {
        let project = next(&[("app/page.tsx", PAGE)]);
        for round in 0..6 {
            let opener = OPENERS[(number + round * 5) % OPENERS.len()];
            let deep = opener.repeat(400_000 / opener.len());
            let text = if round % 2 == 0 { *text } else { "" };
            project.write(name, format!("{text}{deep}").as_bytes());
            analyze_in_time(&project, &format!("{name} of {opener}"));
        }
    }
}

/// Deep texts that are valid, so that those who read what the parser gives go as deep as it did.
#[test]
fn what_is_nested_deeply_and_closed_again_ends_in_every_file() {
    const NESTS: [(&str, &str); 10] = [
        ("[", "]"),
        ("{ path: '/a', children: ", "}"),
        ("[{ children: ", "}]"),
        ("(", ")"),
        ("route('a', ", ")"),
        ("() => ", ""),
        ("<Route path=\"a\">", "</Route>"),
        ("<Route element={", "} />"),
        ("a ? 1 : ", ""),
        ("`${", "}`"),
    ];
    for (dependencies, own) in frameworks() {
        for (open, close) in NESTS {
            let project = framework(dependencies, own, |text| {
                let deep = format!("{}<a />{}", open.repeat(4_000), close.repeat(4_000));
                let script =
                    text.replacen("export default ", &format!("export default {deep} || "), 1);
                Some(script.replacen(": [", &format!(": [{deep}, "), 1).into())
            });
            analyze_in_time(&project, &format!("{dependencies} of {open}"));
        }
    }
}

#[test]
fn a_folder_in_place_of_a_file_is_survived() {
    for (dependencies, own) in frameworks() {
        let project = framework(dependencies, own, |_| None);
        for (name, _) in own.iter().chain(tools()) {
            fs::create_dir_all(project.path().join(name)).unwrap();
        }
        let analysis = analyze_in_time(&project, dependencies);
        assert_eq!(analysis.is_none(), dependencies.is_empty());
    }
}

#[test]
fn empty_files_are_survived() {
    for (dependencies, own) in frameworks() {
        let project = framework(dependencies, own, |_| Some(Vec::new()));
        assert!(analyze_in_time(&project, dependencies).is_some());
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_links_to_themselves_are_survived() {
    for (dependencies, own) in frameworks() {
        let (pipes, links) = (
            framework(dependencies, own, |_| None),
            framework(dependencies, own, |_| None),
        );
        let names = || own.iter().chain(tools()).map(|(name, _)| *name);
        for name in names() {
            for project in [&pipes, &links] {
                fs::create_dir_all(project.path().join(name).parent().unwrap()).unwrap();
            }
            std::os::unix::fs::symlink(name, links.path().join(name)).unwrap();
        }
        let made = std::process::Command::new("mkfifo")
            .args(names().map(|name| pipes.path().join(name)))
            .status();
        assert!(made.unwrap().success());
        for project in [&pipes, &links] {
            analyze_in_time(project, dependencies);
        }
    }
}

#[test]
fn a_byte_order_mark_and_the_line_ends_of_windows_change_nothing() {
    let said = |analysis: &Analysis| {
        let mut json = serde_json::to_value(analysis).unwrap();
        json.as_object_mut().unwrap().shift_remove("scanned");
        json
    };
    for (dependencies, own) in frameworks() {
        let plain = framework(dependencies, own, |text| Some(text.into())).analyze();
        let marked = framework(dependencies, own, |text| {
            Some(format!("\u{feff}{text}").into())
        });
        assert_eq!(said(&marked.analyze()), said(&plain), "{dependencies}");
        let ended = framework(dependencies, own, |text| {
            Some(text.replace('\n', "\r\n").into())
        });
        assert_eq!(said(&ended.analyze()), said(&plain), "{dependencies}");
    }
}

#[test]
fn modules_that_import_one_another_end() {
    let project = next(&[
        ("app/page.tsx", PAGE),
        (
            "next.config.mjs",
            "import a from './a.mjs';\nexport default { ...a, ...a };",
        ),
        (
            "a.mjs",
            "import b from './b.mjs';\nexport default { ...b, x: b };",
        ),
        (
            "b.mjs",
            "import a from './a.mjs';\nimport c from './next.config.mjs';\nexport default { ...a, ...c };",
        ),
        ("app/a/route.ts", "export * from './more';"),
        (
            "app/a/more.ts",
            "export * from './route';\nexport * from './more';",
        ),
    ]);
    let analysis = analyze_in_time(&project, "circles").unwrap();
    assert_eq!(routes(&analysis), ["/"]);
}

/// A chain of modules as long as there may be, each spreading the next one twice.
#[test]
fn long_chains_of_modules_end() {
    let project = next(&[("app/page.tsx", PAGE)]);
    for number in 0..500 {
        let next = number + 1;
        let text = format!(
            "import a from './m{next}.mjs';\nexport default {{ ...a, ...a, b: [...a.b, ...a.b] }};"
        );
        project.write(&format!("m{number}.mjs"), text.as_bytes());
    }
    project.write("next.config.mjs", b"export { default } from './m0.mjs';");
    analyze_in_time(&project, "a chain").unwrap();
    project.write(
        "next.config.mjs",
        b"import a from './m0.mjs';\nexport default a;",
    );
    analyze_in_time(&project, "a chain").unwrap();
}

#[cfg(unix)]
#[test]
fn links_that_lead_round_among_packages_are_not_followed() {
    use std::os::unix::fs::symlink;
    let project = project(&[
        ("package.json", r#"{ "workspaces": ["packages/**"] }"#),
        (
            "packages/a/package.json",
            r#"{ "dependencies": { "next": "15.0.0" } }"#,
        ),
        ("packages/a/app/page.tsx", PAGE),
    ]);
    for (target, link) in [
        ("..", "packages/up"),
        (".", "packages/self"),
        ("../..", "packages/a/root"),
    ] {
        symlink(target, project.path().join(link)).unwrap();
    }
    let all = analyze_in_time(&project, "links").unwrap();
    let json = serde_json::to_value(&all).unwrap();
    assert_eq!(json["workspace"]["packages"], 1);
    let app = project.try_analyze("packages/a").unwrap();
    assert_eq!(routes(&app), ["/"]);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_findings() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let project = next(&[("app/page.tsx", PAGE)]);
    let odd = |bytes: &[u8]| Path::new(OsStr::from_bytes(bytes)).to_owned();
    let folder = project.path().join("app").join(odd(b"\xff\xfe"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("page.tsx"), PAGE).unwrap();
    fs::write(project.path().join("app").join(odd(b"\xc0.tsx")), PAGE).unwrap();
    let analysis = project.analyze();
    assert_eq!(codes(&analysis), ["name_not_text"]);
    assert_eq!(routes(&analysis), ["/"]);
    assert_eq!((analysis.scanned.files, analysis.scanned.skipped), (1, 2));
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_sources_is_a_finding() {
    let project = next(&[("app/page.tsx", PAGE)]);
    let made = std::process::Command::new("mkfifo")
        .arg(project.path().join("app/pipe.tsx"))
        .status();
    assert!(made.unwrap().success());
    let analysis = project.analyze();
    assert_eq!(codes(&analysis), ["no_regular_file"]);
    assert_eq!(analysis.scanned.skipped, 1);
}

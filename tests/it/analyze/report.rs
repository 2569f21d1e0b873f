//! The whole report: its JSON, its counts, and writing it.

use std::sync::atomic::{AtomicU64, Ordering};

use decantr::analyze::{Options, Progress, analyze, write_report};
use decantr::base::clock::Clock;

use super::support::{PAGE, next, project};

#[test]
fn the_json_is_the_documented_one() {
    let project = project(&[
        (
            "package.json",
            r#"{
                "packageManager": "pnpm@9.15.9+sha512.00",
                "scripts": { "build": "next build --turbopack" },
                "dependencies": {
                    "next": "^15.5.0", "react": "^19.0.0", "next-auth": "^5.0.0", "zustand": "^5.0.0",
                    "@prisma/client": "^6.0.0", "lucide-react": "^0.4.0", "next-themes": "^0.4.0"
                },
                "devDependencies": { "tailwindcss": "^4.0.0", "@tailwindcss/postcss": "^4.0.0", "vitest": "^3.0.0" }
            }"#,
        ),
        (
            "pnpm-lock.yaml",
            "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      next:\n        specifier: ^15.5.0\n        \
             version: 15.5.8(react@19.0.0)\n    devDependencies:\n      tailwindcss:\n        specifier: ^4.0.0\n        \
             version: 4.1.18\npackages: {}\n",
        ),
        (
            "tsconfig.json",
            r#"{ "compilerOptions": { "strict": true } }"#,
        ),
        (
            "src/app/globals.css",
            "@import \"tailwindcss\";\n:root { --a: 1 }\n.dark { --a: 2; --b: 3 }",
        ),
        (
            "src/app/layout.tsx",
            "export default function Layout({ children }) { return <body>{children}</body> }",
        ),
        ("src/app/page.tsx", PAGE),
        (
            "src/app/old/page.tsx",
            "import { redirect } from 'next/navigation'\nexport default () => redirect('/')",
        ),
        (
            "src/app/api/items/[id]/route.ts",
            "export async function GET() {}\nexport const DELETE = () => {}",
        ),
        ("src/components/card.module.css", ".card { color: red }"),
        ("src/middleware.ts", "export function middleware() {}"),
    ]);
    insta::assert_json_snapshot!(project.analyze());
}

#[test]
fn the_counts_are_those_of_the_json() {
    let analysis = next(&[("app/page.tsx", PAGE), ("app/@side/page.tsx", PAGE)]).analyze();
    assert_eq!(analysis.route_count(), 1);
    assert_eq!(analysis.page_count(), 2);
    assert_eq!(analysis.component_count(), 2);
    assert_eq!(analysis.dependency_category_count(), 0);
    assert_eq!(analysis.framework_id(), Some("nextjs"));
    assert!(!analysis.is_workspace_app());
}

#[test]
fn progress_hears_of_every_file_that_is_read() {
    #[derive(Default)]
    struct Heard(AtomicU64);
    impl Progress for Heard {
        fn advanced(&self, files: u64) {
            self.0.fetch_add(files, Ordering::Relaxed);
        }
    }
    let project = next(&[("app/page.tsx", PAGE), ("app/a.tsx", "<"), ("a.css", "")]);
    let heard = Heard::default();
    let clock = Clock::system();
    let analysis = analyze(project.path(), &Options::default(), &clock, &heard).unwrap();
    assert_eq!(heard.0.into_inner(), 3);
    assert_eq!((analysis.scanned.files, analysis.scanned.skipped), (2, 1));
}

#[test]
fn nothing_absolute_is_in_the_report() {
    let project = next(&[
        ("app/page.tsx", PAGE),
        ("app/broken.tsx", "export const = <"),
        ("yarn.lock", ""),
    ]);
    let json = serde_json::to_string(&project.analyze()).unwrap();
    let folder = project.path().canonicalize().unwrap();
    assert!(!json.contains(folder.to_str().unwrap()), "{json}");
}

#[test]
fn a_report_is_written_beside_the_project_and_replaced() {
    let project = next(&[("app/page.tsx", PAGE)]);
    let analysis = project.analyze();
    for _ in 0..2 {
        let path = write_report(project.path(), &analysis).unwrap();
        assert_eq!(path, project.path().join(".decantr/analysis.json"));
        let text = std::fs::read_to_string(path).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["routing"]["routes"][0]["path"], "/");
    }
    let left: Vec<_> = std::fs::read_dir(project.path().join(".decantr"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 1);
    assert_eq!(project.analyze().scanned.files, 1);
}

#[cfg(unix)]
#[test]
fn a_report_is_not_written_through_a_link() {
    let project = next(&[("app/page.tsx", PAGE)]);
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), project.path().join(".decantr")).unwrap();
    let error = write_report(project.path(), &project.analyze()).unwrap_err();
    assert_eq!(error.code(), "unreadable");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

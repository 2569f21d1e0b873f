//! Styling: approaches, Tailwind's version, custom properties, dark mode.

use decantr::analyze::{Analysis, Styling};

use super::support::{PAGE, codes, project};

/// The styling of a Next.js application with `dependency` and `files`.
fn styling(dependency: &str, files: &[(&str, &str)]) -> Styling {
    let manifest =
        format!(r#"{{ "dependencies": {{ "next": "15.0.0", "{dependency}": "4.1.2" }} }}"#);
    let project = project(&[("package.json", &manifest), ("app/page.tsx", PAGE)]);
    for (path, text) in files {
        project.write(path, text.as_bytes());
    }
    project.analyze().styling
}

#[test]
fn tailwind_is_seen_with_and_without_a_configuration_file() {
    for (dependency, files) in [
        ("tailwindcss", &[][..]),
        ("@tailwindcss/postcss", &[]),
        ("@tailwindcss/vite", &[]),
        ("x", &[("app/globals.css", "@import 'tailwindcss';")]),
        ("x", &[("app/globals.css", "@tailwind base;")]),
        ("x", &[("tailwind.config.ts", "export default {}")]),
    ] {
        let styling = styling(dependency, files);
        assert_eq!(styling.approach, Some("tailwind"), "{dependency} {files:?}");
        let version = styling.tailwind.unwrap().version;
        assert_eq!(version.is_some(), dependency != "x", "{dependency}");
    }
}

#[test]
fn the_main_approach_is_told_from_the_others() {
    let module = ("app/a.module.css", ".a { color: red }");
    let main = |dependency: &str, files: &[(&str, &str)]| {
        let styling = styling(dependency, files);
        (styling.approach, styling.also)
    };
    assert_eq!(
        main("tailwindcss", &[module, ("a.scss", "")]),
        (Some("tailwind"), vec!["css-modules", "scss"])
    );
    assert_eq!(main("unocss", &[("a.css", "")]), (Some("unocss"), vec![]));
    assert_eq!(main("styled-components", &[]), (Some("css-in-js"), vec![]));
    assert_eq!(main("@pandacss/dev", &[]), (Some("panda"), vec![]));
    assert_eq!(
        main("x", &[("a.css.ts", "")]),
        (Some("vanilla-extract"), vec![])
    );
    assert_eq!(
        main("x", &[module, ("a.css", "")]),
        (Some("css-modules"), vec![])
    );
    assert_eq!(
        main("sass", &[("a.module.scss", "")]),
        (Some("css-modules"), vec![])
    );
    assert_eq!(main("x", &[("a.less", "")]), (Some("less"), vec![]));
    assert_eq!(main("x", &[("a.css", "")]), (Some("css"), vec![]));
    assert_eq!(main("x", &[]), (None, vec![]));
}

#[test]
fn custom_properties_are_distinct_over_all_style_sheets() {
    let styling = styling(
        "x",
        &[
            ("a.css", ":root { --a: 1; --b: 2 }"),
            ("b/c.scss", "// don't\n.x { --b: 3; --c: 4 }"),
        ],
    );
    assert_eq!(styling.css_variables, 3);
}

#[test]
fn dark_mode_is_seen_in_styles_packages_and_configuration() {
    let dark = |dependency: &str, files: &[(&str, &str)]| styling(dependency, files).dark_mode;
    assert!(dark("next-themes", &[]));
    assert!(dark(
        "x",
        &[(
            "a.css",
            "@media (prefers-color-scheme: dark) { a { color: white } }"
        )]
    ));
    assert!(dark(
        "x",
        &[(
            "tailwind.config.js",
            "module.exports = { darkMode: ['class'] }"
        )]
    ));
    assert!(dark(
        "x",
        &[(
            "tailwind.config.ts",
            "const c: Config = { darkMode: 'media' }\nexport default c"
        )]
    ));
    assert!(!dark(
        "x",
        &[("tailwind.config.js", "module.exports = { darkMode: false }")]
    ));
    assert!(!dark(
        "x",
        &[("tailwind.config.js", "module.exports = { presets: [x] }")]
    ));
    assert!(!dark("x", &[("a.css", ".darkness { color: black }")]));
}

#[test]
fn dark_themes_of_libraries_and_names_that_say_so_are_seen() {
    let dark = |file: &str, text: &str| styling("x", &[(file, text)]).dark_mode;
    for (file, text) in [
        (
            "app/theme.js",
            "export const theme = createTheme({ palette: { mode: mode } })",
        ),
        (
            "app/theme.js",
            "createTheme({ palette: { type: a ? 'dark' : 'light' } })",
        ),
        (
            "app/theme.js",
            "createTheme({ colorSchemes: { dark: {} } })",
        ),
        (
            "app/theme.js",
            "const t = { algorithm: a ? theme.darkAlgorithm : b }",
        ),
        ("app/theme.js", "import { darkTheme } from 'naive-ui'"),
        ("app/a.css", ".my-dark-theme { color: white }"),
        ("app/a.scss", ".theme-dark--mode { @include dark }"),
    ] {
        assert!(dark(file, text), "{text}");
    }
    for (file, text) in [
        (
            "app/theme.js",
            "createTheme({ palette: { mode: 'light' } })",
        ),
        ("app/theme.js", "const chart = { palette: { type: kind } }"),
        ("app/theme.js", "import { darkTheme } from './mine'"),
        ("app/a.css", ".btn-dark, .navbar-dark { color: white }"),
    ] {
        assert!(!dark(file, text), "{text}");
    }
}

#[test]
fn dark_classes_count_where_tailwind_is_used() {
    let class = [(
        "app/a.tsx",
        "export const A = () => <a className=\"p-1 md:dark:p-2\" />",
    )];
    assert!(styling("tailwindcss", &class).dark_mode);
    assert!(!styling("x", &class).dark_mode);
    let apply = [("app/a.css", ".a { @apply bg-white dark:bg-black; }")];
    assert!(styling("tailwindcss", &apply).dark_mode);
    let other = [(
        "app/a.tsx",
        "// dark:p-1\nexport const A = () => <a title=\"It is dark: yes\" />",
    )];
    assert!(!styling("tailwindcss", &other).dark_mode);
}

#[test]
fn names_of_css_modules_mean_no_dark_mode() {
    assert!(!styling("x", &[("app/a.module.css", ".dark { color: red }")]).dark_mode);
    assert!(styling("x", &[("app/a.css", ".dark { color: red }")]).dark_mode);
}

#[test]
fn public_style_sheets_do_not_count() {
    let found = styling("x", &[("public/a.css", ".dark { --a: 1 } @tailwind base;")]);
    assert_eq!(
        (found.approach, found.css_variables, found.dark_mode),
        (None, 0, false)
    );
}

#[test]
fn comments_of_scss_hide_what_they_hold() {
    let found = styling("x", &[("a.scss", "// see /* here\n:root { --a: 1 }")]);
    assert_eq!(found.css_variables, 1);
}

/// An application in a workspace with the package `@acme/theme`.
fn themed(files: &[(&str, &str)]) -> Analysis {
    let project = project(&[
        ("pnpm-workspace.yaml", "packages: ['apps/*', 'packages/*']"),
        (
            "apps/web/package.json",
            r#"{ "dependencies": { "next": "15.0.0", "tailwindcss": "3.4.0" } }"#,
        ),
        (
            "packages/theme/package.json",
            r#"{ "name": "@acme/theme", "exports": { "./web": { "types": "./web.d.ts", "default": "./src/web.ts" },
                "./styles/*": "./css/*" } }"#,
        ),
        (
            "packages/theme/src/web.ts",
            "export default { darkMode: 'class' }",
        ),
        (
            "packages/theme/css/all.css",
            "@import './base.css'; :root { --a: 1 }",
        ),
        (
            "packages/theme/css/base.css",
            ":root { --b: 1 } .dark { --b: 2 }",
        ),
    ]);
    for (path, text) in files {
        project.write(path, text.as_bytes());
    }
    project.try_analyze("apps/web").unwrap()
}

#[test]
fn presets_are_followed_into_packages_of_the_workspace() {
    let config = |text: &str| {
        let analysis = themed(&[
            ("apps/web/tailwind.config.ts", text),
            ("apps/web/app/page.tsx", PAGE),
        ]);
        (analysis.styling.dark_mode, codes(&analysis).len())
    };
    let import = "import base from '@acme/theme/web'\n";
    assert_eq!(
        config(&format!("{import}export default {{ presets: [base] }}")),
        (true, 0)
    );
    assert_eq!(
        config(&format!(
            "{import}export default {{ ...base, content: [] }}"
        )),
        (true, 0)
    );
    assert_eq!(config("export default { content: [] }"), (false, 0));
    assert_eq!(
        config("export default { presets: [require('other')] }"),
        (false, 1)
    );
}

#[test]
fn style_sheets_are_followed_into_packages_of_the_workspace() {
    let with = |source: &str| {
        let text = format!("import '{source}'\n{PAGE}");
        themed(&[("apps/web/app/page.tsx", &text)])
    };
    let found = with("@acme/theme/styles/all.css");
    assert_eq!(
        (found.styling.css_variables, found.styling.dark_mode),
        (2, true)
    );
    assert_eq!(codes(&found), [""; 0]);
    let missing = with("@acme/theme/styles/missing.css");
    assert_eq!(codes(&missing), ["styles_not_followed"]);
}

#[test]
fn indented_sass_is_said_to_be_unread() {
    let manifest = r#"{ "dependencies": { "next": "15.0.0" } }"#;
    let files = [
        ("package.json", manifest),
        ("app/page.tsx", PAGE),
        ("app/a.sass", "a\n  --b: 1"),
    ];
    assert_eq!(codes(&project(&files).analyze()), ["sass_not_read"]);
}

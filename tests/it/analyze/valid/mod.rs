//! Small valid files of every framework and tool, for tests that spoil them: to cover another, add a line.

mod others;
mod react;

/// A file: its path in the project and its text.
pub(crate) type ValidFile = (&'static str, &'static str);

/// The dependencies of a framework's manifest, and its own files.
pub(crate) type ValidFramework = (&'static str, &'static [ValidFile]);

/// Every framework.
pub(crate) fn frameworks() -> impl Iterator<Item = &'static ValidFramework> {
    react::ALL.iter().chain(others::ALL)
}

/// The files that tools read whatever the framework: managers of packages and workspaces, compilers, styles.
pub(crate) const COMMON: &[ValidFile] = &[
    (
        "package-lock.json",
        r#"{ "lockfileVersion": 3, "packages": { "": {}, "node_modules/next": { "version": "15.1.2" } } }"#,
    ),
    (
        "pnpm-lock.yaml",
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      next:\n        specifier: ^15\n        version: 15.1.2(react@19.0.0)\npackages:\n  next@15.1.2: {}\n",
    ),
    (
        "yarn.lock",
        "# yarn lockfile v1\n\n\nnext@^15.0.0, next@15:\n  version \"15.1.2\"\n  dependencies:\n    react \"19\"\n",
    ),
    (
        "bun.lock",
        "{ \"lockfileVersion\": 1, \"workspaces\": { \"\": { \"dependencies\": { \"next\": \"15\" } } }, \"packages\": { \"next\": [\"next@15.1.2\", \"\", {}, \"sha512-a\"], } }",
    ),
    (
        "deno.lock",
        r#"{ "version": "5", "specifiers": { "npm:next@15": "15.1.2" }, "npm": { "next@15.1.2": { "integrity": "a" } } }"#,
    ),
    (
        "pnpm-workspace.yaml",
        "packages:\n  - apps/*\n  - '!apps/x'\ncatalog:\n  next: ^15.0.0\ncatalogs:\n  a:\n    react: '19'\n",
    ),
    ("lerna.json", r#"{ "packages": ["packages/*"] }"#),
    (
        "rush.json",
        "{ /* all */ \"projects\": [{ \"packageName\": \"a\", \"projectFolder\": \"apps/a\" }] }",
    ),
    ("nx.json", r#"{ "targetDefaults": { "build": {} } }"#),
    (
        "turbo.json",
        r#"{ "tasks": { "build": { "outputs": ["dist/**"] } } }"#,
    ),
    (
        "deno.json",
        "{ \"workspace\": [\"./apps/a\"], \"imports\": { \"next\": \"npm:next@15\" } }",
    ),
    (
        "tsconfig.json",
        "{ // strict\n \"extends\": \"./tsconfig.base.json\", \"compilerOptions\": { \"strict\": true, \"baseUrl\": \".\", \"paths\": { \"@/*\": [\"./src/*\"] } }, }",
    ),
    (
        "tsconfig.base.json",
        r#"{ "references": [{ "path": "./tsconfig.json" }] }"#,
    ),
    (".gitignore", "/ignored\n*.secret.ts\n!keep\na[b-c]?/**\n"),
    (
        ".yarnrc.yml",
        "nodeLinker: node-modules\ncatalog:\n  next: ^15\n",
    ),
    (
        "tailwind.config.ts",
        "import type { Config } from 'tailwindcss';\nexport default { darkMode: ['class'], presets: [require('./preset')] } satisfies Config;\n",
    ),
    (
        "vite.config.ts",
        "import { defineConfig } from 'vite';\nexport default defineConfig(({ mode }) => ({ base: '/x/', plugins: [react()], resolve: { alias: { '@': '/src' } } }));\n",
    ),
    (
        "apps/a/package.json",
        r#"{ "name": "@acme/a", "dependencies": { "react": "19" } }"#,
    ),
    (
        "styles/a.css",
        "@import \"tailwindcss\";\n@custom-variant dark (&:is(.dark *));\n:root { --a: 1px; color-scheme: light dark }\n.dark { --a: url(x) }\n",
    ),
    (
        "styles/a.scss",
        "// it's\n@use 'b';\n$a: 1;\n.a { &:hover { --b: #{$a}; } @media (prefers-color-scheme: dark) { c: d } }\n",
    ),
    ("styles/a.less", "@a: 1; // x\n.a { .b; --c: @a }\n"),
    ("styles/a.module.css", ":global(.dark) .a { composes: b }\n"),
    (
        "index.html",
        "<!doctype html><html><body><!-- a --><script type=\"module\" src=\"/src/main.tsx\"></script></body></html>",
    ),
];

//! What imports start with by a bundler's convention or configuration, and the folders that they mean.

use std::path::{Path, PathBuf};

use oxc_ast::ast::{Argument, Expression, ObjectPropertyKind};

use super::node::Node;
use super::statics::{Lookup, Modules};
use crate::analyze::manifest::Manifest;

/// Configurations that may have aliases, and where.
/// <https://vite.dev/config/shared-options#resolve-alias>
/// <https://webpack.js.org/configuration/resolve/#resolvealias>
/// <https://craco.js.org/docs/configuration/webpack/>
const CONFIGS: [(&str, [&str; 2]); 11] = [
    ("vite.config.ts", ["resolve", "alias"]),
    ("vite.config.js", ["resolve", "alias"]),
    ("vite.config.mts", ["resolve", "alias"]),
    ("vite.config.mjs", ["resolve", "alias"]),
    ("rsbuild.config.ts", ["resolve", "alias"]),
    ("rsbuild.config.ts", ["source", "alias"]),
    ("rspack.config.js", ["resolve", "alias"]),
    ("webpack.config.js", ["resolve", "alias"]),
    ("webpack.config.ts", ["resolve", "alias"]),
    ("craco.config.js", ["webpack", "alias"]),
    ("craco.config.ts", ["webpack", "alias"]),
];

/// The most aliases that are read of one configuration.
const MAX_ALIASES: usize = 200;

impl<'a> Modules<'a> {
    /// The same, with the aliases of the project's bundler.
    pub(in crate::analyze) fn with_aliases(self, manifest: &Manifest) -> Self {
        let root = self.loader.resolver.root().to_owned();
        let mut aliases = conventional(&root, manifest);
        for (name, [first, second]) in CONFIGS {
            let file = root.join(name);
            if file.is_file()
                && let Some(config) = self.default_export(&file)
                && let Lookup::Found(outer) = self.get(&config, first)
                && let Lookup::Found(alias) = self.get(&outer, second)
            {
                self.configured(&alias, &mut aliases);
            }
        }
        // The longest is tried first, as `@/api` before `@`.
        aliases.sort_by_key(|(start, _)| std::cmp::Reverse(start.len()));
        self.loader.resolver.set_aliases(aliases);
        self
    }

    /// `{ '@': folder }` or `[{ find: '@', replacement: folder }]`.
    fn configured(&self, alias: &Node<'a>, aliases: &mut Vec<(String, PathBuf)>) {
        let Some(alias) = self.resolve(alias) else {
            return;
        };
        let Some(Expression::ObjectExpression(object)) = alias.expression() else {
            for one in self.elements(&alias).known.iter().take(MAX_ALIASES) {
                if let (Lookup::Found(find), Lookup::Found(to)) =
                    (self.get(one, "find"), self.get(one, "replacement"))
                    && let (Some(find), Some(to)) = (self.string(&find), self.folder(&to))
                {
                    aliases.push((find, to));
                }
            }
            return;
        };
        for property in object.properties.iter().take(MAX_ALIASES) {
            if let ObjectPropertyKind::ObjectProperty(one) = property
                && let Some(name) = one.key.static_name()
                && let Some(to) = self.folder(&alias.at(&one.value))
            {
                aliases.push((name.into_owned(), to));
            }
        }
    }

    /// The place that a configuration in the project's folder means: a text, or a call that joins texts to its folder such
    /// as `path.resolve(__dirname, 'src')` and `fileURLToPath(new URL('./src', import.meta.url))`.
    pub(in crate::analyze) fn folder(&self, node: &Node<'a>) -> Option<PathBuf> {
        let root = self.loader.resolver.root();
        if let Some(text) = self.string(node) {
            let inside = text.trim_start_matches('/');
            return Some(root.join(inside));
        }
        let node = self.resolve(node)?;
        let (name, arguments) = match node.expression()? {
            Expression::CallExpression(call) => (call.callee_name()?, &call.arguments),
            Expression::NewExpression(call) => ("URL", &call.arguments),
            Expression::StaticMemberExpression(member) if member.property.name == "pathname" => {
                return self.folder(&node.at(&member.object));
            }
            _ => return None,
        };
        let mut values = arguments
            .iter()
            .map_while(Argument::as_expression)
            .map(|one| node.at(one));
        match name {
            "URL" => Some(root.join(self.string(&values.next()?)?)),
            "fileURLToPath" => self.folder(&values.next()?),
            "resolve" | "join" => {
                let mut place = root.to_owned();
                for (number, value) in values.enumerate() {
                    match self.string(&value) {
                        Some(text) => place.push(text.trim_start_matches('/')),
                        // The folder of the configuration itself.
                        None if number == 0 => {}
                        None => return None,
                    }
                }
                Some(place)
            }
            _ => None,
        }
    }
}

/// Aliases that a project has without configuring them.
/// <https://cli.vuejs.org/guide/webpack.html>
/// <https://nuxt.com/docs/api/nuxt-config#alias>
/// <https://nodejs.org/api/packages.html#subpath-imports>
fn conventional(root: &Path, manifest: &Manifest) -> Vec<(String, PathBuf)> {
    let source = root.join("src");
    let aliases: &[(&str, PathBuf)] = if manifest.has("nuxt") {
        let app = ["app", "src"].map(|name| root.join(name));
        let own = app.into_iter().find(|folder| folder.is_dir());
        let own = own.unwrap_or_else(|| root.to_owned());
        &[
            ("~~", root.to_owned()),
            ("@@", root.to_owned()),
            ("~", own.clone()),
            ("@", own),
        ]
    } else if manifest.has("@vue/cli-service") {
        &[("@", source)]
    } else if ["@quasar/app-vite", "@quasar/app-webpack", "@quasar/app"]
        .into_iter()
        .any(|name| manifest.has(name))
    {
        // https://quasar.dev/quasar-cli-vite/handling-assets
        &[
            "src",
            "app",
            "components",
            "layouts",
            "pages",
            "assets",
            "boot",
            "stores",
        ]
        .map(|name| match name {
            "src" => (name, source.clone()),
            "app" => (name, root.to_owned()),
            _ => (name, source.join(name)),
        })
    } else if manifest.has("@sveltejs/kit") {
        &[("$lib", source.join("lib"))]
    } else {
        &[]
    };
    let aliases = aliases
        .iter()
        .map(|(start, folder)| ((*start).to_owned(), folder.clone()));
    let imports = manifest.subpath_imports.iter().filter_map(|(name, file)| {
        let file = file.strip_prefix("./")?;
        let (start, place) = match (name.split_once('*'), file.split_once('*')) {
            (Some((start, "")), Some((place, _))) => (start, place),
            (None, None) => (name.as_str(), file),
            _ => return None,
        };
        Some((start.to_owned(), root.join(place)))
    });
    aliases.chain(imports).collect()
}

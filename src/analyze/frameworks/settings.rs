//! Settings in a configuration file that is code: what they are, or a finding that only running it would tell.

use oxc_allocator::Allocator;

use crate::analyze::findings::Findings;
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::project::Sources;

/// <https://vite.dev/config/>
pub(super) const VITE: [&str; 6] = [
    "vite.config.ts",
    "vite.config.js",
    "vite.config.mjs",
    "vite.config.mts",
    "vite.config.cjs",
    "vite.config.cts",
];

/// The configuration file of a framework.
pub(super) struct Settings<'a> {
    /// Its name.
    pub(super) file: &'a str,
    root: Node<'a>,
    modules: Modules<'a>,
}

impl<'a> Settings<'a> {
    /// Opens the first of `files` that is there; none when there is none or, with a finding, when it is no module.
    pub(super) fn open(
        sources: &Sources<'_>,
        allocator: &'a Allocator,
        files: &[&str],
        findings: &mut Findings,
    ) -> Option<Self> {
        let is_there = |name: &&&str| sources.root.join(name).is_file();
        let file = allocator.alloc_str(files.iter().find(is_there)?);
        let modules = sources.modules(allocator);
        if let Some(root) = modules.default_export(&sources.root.join(file)) {
            return Some(Self {
                file,
                root,
                modules,
            });
        }
        let detail = format!("{file} cannot be read as a module; the defaults were used");
        findings.warn("config_not_static", detail);
        None
    }

    /// Opens what the first of `files` that is there gives the first call of one of `functions`, a framework's plugin.
    pub(super) fn of_plugin(
        sources: &Sources<'_>,
        allocator: &'a Allocator,
        files: &[&str],
        functions: &[&str],
    ) -> Option<Self> {
        let is_there = |name: &&&str| sources.root.join(name).is_file();
        let file = allocator.alloc_str(files.iter().find(is_there)?);
        let modules = sources.modules(allocator);
        let uses = modules.uses(&sources.root.join(file), functions);
        let mut calls = uses.iter().filter_map(|node| modules.call(node));
        let root = calls.find_map(|call| call.arguments.into_iter().next())?;
        Some(Self {
            file,
            root,
            modules,
        })
    }

    /// The text that the option `key` of the plugin `name` in the list `plugins` has, as [`Settings::string`] reads one.
    pub(super) fn plugin_string(
        &self,
        (name, key): (&str, &str),
        findings: &mut Findings,
    ) -> Option<String> {
        let at = self.option(name, key);
        let shown = format!("`{key}` of {name}");
        self.told(at, &shown, findings, |node| self.modules.string(node))
    }

    /// The texts of a list, as [`Settings::plugin_string`] reads one.
    pub(super) fn plugin_strings(
        &self,
        (name, key): (&str, &str),
        findings: &mut Findings,
    ) -> Option<Vec<String>> {
        let at = self.option(name, key);
        let shown = format!("`{key}` of {name}");
        self.told(at, &shown, findings, |node| self.modules.strings(node))
    }

    /// The option `key` of the plugin `name`. Its options are beside its name in a list of both, or at `options` beside
    /// what `resolve` names; a plugin that is only named has none.
    fn option(&self, name: &str, key: &str) -> Lookup<'a> {
        let list = match self.get(&["plugins"]) {
            Lookup::Found(list) => list,
            other => return other,
        };
        let is_name = |node: &Node<'a>| self.modules.string(node).is_some_and(|one| one == name);
        let plugins = self.modules.elements(&list);
        for plugin in &plugins.known {
            if is_name(plugin) {
                return Lookup::Absent;
            }
            for (named, beside) in [("0", "1"), ("resolve", "options")] {
                let is_meant = match self.modules.get(plugin, named) {
                    Lookup::Found(node) => is_name(&node),
                    _ => false,
                };
                if is_meant {
                    return match self.modules.get(plugin, beside) {
                        Lookup::Found(options) => self.modules.get(&options, key),
                        other => other,
                    };
                }
            }
        }
        if plugins.unknown.is_empty() {
            Lookup::Absent
        } else {
            Lookup::Unknown
        }
    }

    /// The text at `keys`, one inside the other; none when it is not there or, with a finding, when it is not static.
    pub(super) fn string(&self, keys: &[&str], findings: &mut Findings) -> Option<String> {
        self.value(keys, findings, |node| self.modules.string(node))
    }

    /// The texts of the list at `keys`, as [`Settings::string`] reads one.
    pub(super) fn strings(&self, keys: &[&str], findings: &mut Findings) -> Option<Vec<String>> {
        self.value(keys, findings, |node| self.modules.strings(node))
    }

    /// The keys of the object at `keys`; with a finding when there are others that are not static.
    pub(super) fn keys(&self, keys: &[&str], findings: &mut Findings) -> Vec<String> {
        let (known, are_all) = match self.get(keys) {
            Lookup::Absent => return Vec::new(),
            Lookup::Found(node) => self.modules.keys(&node),
            Lookup::Unknown | Lookup::Circular => (Vec::new(), false),
        };
        if !are_all {
            let (key, file) = (keys.join("."), self.file);
            let detail = format!("`{key}` in {file} is not static; what is not known was left out");
            findings.warn("config_not_static", detail);
        }
        known
    }

    /// Whether what is at `keys` counts as true, which nothing does not; none when that is not known.
    pub(super) fn truthy(&self, keys: &[&str]) -> Option<bool> {
        match self.get(keys) {
            Lookup::Absent => Some(false),
            Lookup::Found(node) => self.modules.truthy(&node),
            Lookup::Unknown | Lookup::Circular => None,
        }
    }

    /// Whether there certainly is something at `keys`.
    pub(super) fn has(&self, keys: &[&str]) -> bool {
        matches!(self.get(keys), Lookup::Found(_))
    }

    /// Whether the function `name` is called in the file with an object that has `key`.
    pub(super) fn has_in_call(&self, sources: &Sources<'_>, name: &str, key: &str) -> bool {
        let uses = self.modules.uses(&sources.root.join(self.file), &[name]);
        let calls = uses.iter().filter_map(|node| self.modules.call(node));
        let mut options = calls.filter_map(|call| call.arguments.into_iter().next());
        options.any(|options| matches!(self.modules.get(&options, key), Lookup::Found(_)))
    }

    /// Whether there certainly is nothing at `keys`.
    pub(super) fn lacks(&self, keys: &[&str]) -> bool {
        matches!(self.get(keys), Lookup::Absent)
    }

    fn value<T>(
        &self,
        keys: &[&str],
        findings: &mut Findings,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<T> {
        let shown = format!("`{}`", keys.join("."));
        self.told(self.get(keys), &shown, findings, read)
    }

    /// What `read` makes of what is `at` the place that is `shown`.
    fn told<T>(
        &self,
        at: Lookup<'a>,
        shown: &str,
        findings: &mut Findings,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = match at {
            Lookup::Absent => return None,
            Lookup::Found(node) => read(&node),
            Lookup::Unknown | Lookup::Circular => None,
        };
        if value.is_none() {
            let file = self.file;
            let detail = format!("{shown} in {file} is not static; its default was used");
            findings.warn("config_not_static", detail);
        }
        value
    }

    fn get(&self, keys: &[&str]) -> Lookup<'a> {
        let mut at = Lookup::Found(self.root.clone());
        for key in keys {
            at = match at {
                Lookup::Found(node) => self.modules.get(&node, key),
                other => return other,
            };
        }
        at
    }
}

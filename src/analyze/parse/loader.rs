//! Reads the modules of a project, each once, within bounds on their number and size.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;

use super::modules::Module;
use super::resolve::Resolver;
use crate::analyze::deadline::Deadline;
use crate::analyze::links::canonical_inside;
use crate::analyze::text::{self, MAX_SOURCE};

/// How many modules one question may look into: a table of routes imports its parts, and those the pages.
const MAX_MODULES: usize = 2_000;

/// How much text they may have in all, in bytes; their trees take about ten times as much memory.
const MAX_TEXT: usize = 6 * 1024 * 1024;

/// Reads each module once; all live as long as `allocator`.
pub(super) struct Loader<'a> {
    allocator: &'a Allocator,
    pub(super) resolver: Resolver,
    loaded: RefCell<HashMap<PathBuf, Option<Rc<Module<'a>>>>>,
    text: Cell<usize>,
    /// When no more modules are read.
    pub(super) deadline: Option<Deadline>,
}

impl<'a> Loader<'a> {
    /// A loader that reads what `resolver` finds.
    pub(super) fn new(allocator: &'a Allocator, resolver: Resolver) -> Self {
        Self {
            allocator,
            resolver,
            loaded: RefCell::default(),
            text: Cell::new(0),
            deadline: None,
        }
    }

    /// The file that `source` means in `from`; none for packages from outside, which are other people's code.
    pub(super) fn find(&self, from: &Module<'a>, source: &str) -> Option<PathBuf> {
        self.resolver.find(&from.path, source)
    }

    /// The module at `path`; none when it cannot be read or parsed, lies outside of the workspace, there are too many, or the
    /// time is over.
    pub(super) fn load(&self, path: &Path) -> Option<Rc<Module<'a>>> {
        if let Some(known) = self.loaded.borrow().get(path) {
            return known.clone();
        }
        let is_over = self.deadline.as_ref().is_some_and(Deadline::is_over);
        if is_over || self.loaded.borrow().len() >= MAX_MODULES {
            return None;
        }
        let module = self.read(path).map(Rc::new);
        let mut loaded = self.loaded.borrow_mut();
        loaded.insert(path.to_owned(), module.clone());
        module
    }

    fn read(&self, path: &Path) -> Option<Module<'a>> {
        let file = canonical_inside(path, self.resolver.top())?;
        let text = text::read_quietly(&file, MAX_SOURCE)?;
        let read = self.text.get().saturating_add(text.len());
        if read > MAX_TEXT {
            return None;
        }
        self.text.set(read);
        let text = self.allocator.alloc_str(&text);
        let program = super::program(self.allocator, path, text).ok()?;
        let program: &'a Program<'a> = self.allocator.alloc(program);
        let file = self.resolver.shown(path);
        Some(Module::of(path, file, text, program))
    }
}

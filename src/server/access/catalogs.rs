//! The catalogs that a server takes events of.

use std::sync::Arc;

use crate::model::event::Validator;

/// The catalogs, each as the validator that judges by it.
#[derive(Debug, Clone)]
pub struct Catalogs {
    main: Arc<Validator>,
    others: Vec<Arc<Validator>>,
}

impl Catalogs {
    /// `main` is meant where a request names none.
    pub fn new(main: Validator, others: impl IntoIterator<Item = Validator>) -> Self {
        Self {
            main: Arc::new(main),
            others: others.into_iter().map(Arc::new).collect(),
        }
    }

    /// The one that is meant where a request names none.
    pub fn main(&self) -> &Arc<Validator> {
        &self.main
    }

    /// The one of this name.
    pub fn find(&self, id: &str) -> Option<&Arc<Validator>> {
        self.iter().find(|validator| *validator.catalog().id == *id)
    }

    /// All of them, the main one first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Validator>> {
        std::iter::once(&self.main).chain(&self.others)
    }
}

//! The validator against everything: whatever is planted, only what the catalog can express comes out.

mod catalogs;
mod drift;
mod grown;
mod growth;
mod rejections;
mod validator;

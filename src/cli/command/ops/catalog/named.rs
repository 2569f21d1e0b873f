//! Which catalog a command is about: an embedded one by name, or anyone's own by the path of its file.

use std::sync::Arc;

use crate::cli::args::CatalogOption;
use crate::cli::error::CommandError;
use crate::config::{CATALOG_VARIABLE, Host, find_catalog};
use crate::model::catalog::Catalog;

/// The catalog that the option or the variable names, else the decantr catalog.
///
/// # Errors
/// As [`named_or`].
pub(in crate::cli::command::ops) fn named(
    host: &Host,
    option: &CatalogOption,
) -> Result<Arc<Catalog>, CommandError> {
    named_or(host, option, "decantr")
}

/// The catalog that the option or the variable names, else the embedded one called `default`.
///
/// # Errors
/// Exit code 2 when there is no catalog of this name, 3 when the file cannot be read or is no catalog; the text says where.
pub(in crate::cli::command::ops) fn named_or(
    host: &Host,
    option: &CatalogOption,
    default: &str,
) -> Result<Arc<Catalog>, CommandError> {
    let variable = host.env.text(CATALOG_VARIABLE);
    let (name, origin) = match (option.catalog.as_deref(), variable.as_deref()) {
        (Some(name), _) => (name, "--catalog"),
        (None, Some(name)) => (name, CATALOG_VARIABLE),
        (None, None) => (default, ""),
    };
    let found = find_catalog(name, &host.cwd);
    let (catalog, _) = found.map_err(|error| CommandError::of_product(&error, origin))?;
    Ok(catalog)
}

/// The catalog of this name, or at this path.
///
/// # Errors
/// As [`named_or`].
pub(super) fn by_name(host: &Host, name: &str) -> Result<Arc<Catalog>, CommandError> {
    let found = find_catalog(name, &host.cwd);
    let (catalog, _) = found.map_err(|error| CommandError::of_product(&error, ""))?;
    Ok(catalog)
}

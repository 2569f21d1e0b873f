//! Which catalog a command is about: an embedded one by name, or anyone's own by the path of its file.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use crate::base::error::chain;
use crate::cli::args::CatalogOption;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::config::Host;
use crate::model::catalog::Catalog;

/// The variable that names the catalog where the option does not.
const VARIABLE: &str = "DECANTR_CATALOG";

/// The largest catalog file that is read, in bytes; the largest embedded one has less than a tenth of it.
const MAX_BYTES: u64 = 1024 * 1024;

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

/// The catalog that the option or the variable names, else the embedded one called `default`. What ends in `.toml` or holds a
/// slash is a path, so that no file in the working directory can pass for an embedded catalog.
///
/// # Errors
/// Exit code 2 when there is no catalog of this name, 3 when the file cannot be read or is no catalog; the text says where.
pub(in crate::cli::command::ops) fn named_or(
    host: &Host,
    option: &CatalogOption,
    default: &str,
) -> Result<Arc<Catalog>, CommandError> {
    let variable = host.env.text(VARIABLE).filter(|text| !text.is_empty());
    let (name, origin) = match (option.catalog.as_deref(), variable.as_deref()) {
        (Some(name), _) => (name, "--catalog"),
        (None, Some(name)) => (name, VARIABLE),
        (None, None) => (default, ""),
    };
    by_name(name).map_err(|error| {
        if origin.is_empty() || error.exit != exit::USAGE {
            return error;
        }
        let message = format!("{origin}: {}", error.message);
        CommandError { message, ..error }
    })
}

/// The catalog of this name, or at this path: see [`named_or`].
///
/// # Errors
/// As [`named_or`].
pub(super) fn by_name(name: &str) -> Result<Arc<Catalog>, CommandError> {
    if let Some(catalog) = Catalog::embedded(name) {
        return Ok(catalog);
    }
    if is_path(name) {
        return read(Path::new(name)).map(Arc::new);
    }
    let known = Catalog::IDS.join(", ");
    let message = format!("there is no catalog {name}; the names are {known}");
    Err(CommandError::new(exit::USAGE, message)
        .hint("a file is named by its path, for example ./my-catalog.toml"))
}

fn is_path(name: &str) -> bool {
    let has_separator = name.contains(['/', '\\']);
    let extension = Path::new(name).extension();
    has_separator || extension.is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn read(path: &Path) -> Result<Catalog, CommandError> {
    let place = path.display();
    let failed = |what: &str| CommandError::new(exit::CONFIG, format!("catalog {place}: {what}"));
    let text = text_of(path).map_err(|error| failed(&error.to_string()))?;
    let Some(text) = text else {
        return Err(failed(&format!("it has more than {MAX_BYTES} bytes")));
    };
    Catalog::parse(&text).map_err(|error| failed(&chain(&error)))
}

/// The file's text; `None` when it is too long.
fn text_of(path: &Path) -> io::Result<Option<String>> {
    let mut text = String::new();
    let mut file = File::open(path)?.take(MAX_BYTES + 1);
    let length = file.read_to_string(&mut text)?;
    Ok((length as u64 <= MAX_BYTES).then_some(text))
}

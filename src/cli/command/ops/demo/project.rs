//! The small web project that comes with the demo.

use std::fs;
use std::path::{Path, PathBuf};

use crate::base::fsx::{self, FsError};

macro_rules! files {
    ($($path:literal),+ $(,)?) => { [$(($path, include_str!(concat!("project/", $path)))),+] };
}

/// The project's files: path and text.
const FILES: [(&str, &str); 10] = files![
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "app/globals.css",
    "app/layout.tsx",
    "app/page.tsx",
    "app/products/[slug]/page.tsx",
    "app/(legal)/imprint/page.tsx",
    "app/api/stock/route.ts",
    "components/basket.tsx",
];

/// Writes the project below `folder`; returns where it is.
pub(super) fn unpack(folder: &Path) -> Result<PathBuf, FsError> {
    let root = folder.join("corner-shop");
    for (path, text) in FILES {
        let path = root.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(fsx::context("create", parent))?;
        }
        fs::write(&path, text).map_err(fsx::context("write", &path))?;
    }
    Ok(root)
}

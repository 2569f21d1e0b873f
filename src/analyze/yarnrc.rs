//! `.yarnrc.yml`: which release of Yarn a project runs, and the ranges that `catalog:` stands for.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::range;
use super::text::{self, MAX_SOURCE};

/// The settings of Yarn 2 and later. <https://yarnpkg.com/configuration/yarnrc>
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Settings {
    #[serde(default)]
    yarn_path: Option<String>,
    #[serde(default)]
    catalog: Option<BTreeMap<String, String>>,
    #[serde(default)]
    catalogs: Option<BTreeMap<String, BTreeMap<String, String>>>,
}

impl Settings {
    /// Those in `folder`, which without such a file are none.
    ///
    /// # Errors
    /// When the file cannot be read or is not valid; the text says so.
    pub(super) fn read(folder: &Path) -> Result<Self, &'static str> {
        const REASON: &str = ".yarnrc.yml is not valid";
        let text = text::read(&folder.join(".yarnrc.yml"), MAX_SOURCE).map_err(|_io| REASON)?;
        let settings = text.map(|text| serde_saphyr::from_str::<Option<Self>>(&text));
        let settings = settings.transpose().map_err(|_syntax| REASON)?;
        Ok(settings.flatten().unwrap_or_default())
    }

    /// The release that is kept in the project, as `packageManager` would be written; it is run instead of any other.
    /// <https://yarnpkg.com/configuration/yarnrc#yarnPath>
    pub(super) fn release(&self) -> Option<String> {
        let (_, name) = self.yarn_path.as_deref()?.rsplit_once('/')?;
        let version = name.strip_prefix("yarn-")?.rsplit_once('.')?.0;
        Some(format!("yarn@{}", range::exact(version)?))
    }

    /// The ranges by catalog and package. <https://yarnpkg.com/features/catalogs>
    pub(super) fn into_catalogs(self) -> BTreeMap<String, BTreeMap<String, String>> {
        catalogs(self.catalog, self.catalogs)
    }
}

/// The `catalog` without a name, as `default`, and the `catalogs` with one.
pub(super) fn catalogs(
    unnamed: Option<BTreeMap<String, String>>,
    named: Option<BTreeMap<String, BTreeMap<String, String>>>,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut catalogs = named.unwrap_or_default();
    catalogs.extend(unnamed.map(|unnamed| ("default".to_owned(), unnamed)));
    catalogs
}

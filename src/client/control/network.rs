//! Waiting for a server, for the controls that have to.

use crate::base::fsx;
use crate::client::ClientError;
use crate::config::Paths;

/// Runs `work` on a runtime of its own, so it must not be called inside another. Name resolution that hangs is not waited for.
pub(super) fn wait_for<T>(paths: &Paths, work: impl Future<Output = T>) -> Result<T, ClientError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(fsx::context("start a request in", &paths.state_dir))?;
    let result = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(result)
}

//! The detached sender: started by a command that does not wait for it, in a neutral folder, with a bare environment.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::{LIMIT, Sender, Urgency};
use crate::client::consent::Gate;
use crate::config::client::{API_URL_VARIABLE, ENDPOINT_VARIABLE};
use crate::config::layers::{CI_VARIABLES, DO_NOT_TRACK_VARIABLE, TELEMETRY_VARIABLE};
use crate::config::{Asked, CATALOG_VARIABLE, Endpoint, Host, Product, Source};

/// The hidden argument by which the detached sender is started.
pub const DELIVER_ARGUMENT: &str = "__deliver";

/// The variable by which a sender knows that it is one: in a program that takes it for an ordinary start, nothing starts another.
const SENDER_VARIABLE: &str = "DECANTR_SENDER";

/// What the sender may know of the environment, besides consent and endpoint: where files are, proxies, certificates.
const PASSED_ON: [&str; 16] = [
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_DATA_HOME",
    "DECANTR_CONFIG_DIR",
    "DECANTR_STATE_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Starts the detached sender and does not wait for it. A sender that cannot start is tried again by a later command.
pub fn spawn_detached(host: &Host, endpoint: &Endpoint, product: &Product) {
    let is_sender = host.env.raw(SENDER_VARIABLE).is_some();
    if !host.executable.as_os_str().is_empty() && !is_sender {
        // Descriptors that this process was started with, such as a pipe that somebody reads to its end, are not passed on: the
        // sender outlives the command.
        #[cfg(unix)]
        close_fds::set_fds_cloexec(3, &[]);
        drop(command(host, endpoint, product).spawn());
    }
}

/// Without `pre_exec` and process group the standard library uses `posix_spawn`, whose cost does not grow with this process.
fn command(host: &Host, endpoint: &Endpoint, product: &Product) -> Command {
    let keys = PASSED_ON
        .into_iter()
        .chain([DO_NOT_TRACK_VARIABLE, TELEMETRY_VARIABLE])
        .chain([ENDPOINT_VARIABLE, API_URL_VARIABLE])
        .chain(CI_VARIABLES);
    let mut command = Command::new(&host.executable);
    command
        .arg(DELIVER_ARGUMENT)
        .env_clear()
        .env(SENDER_VARIABLE, "1")
        .envs(keys.filter_map(|key| Some((key, host.env.raw(key)?))))
        .current_dir(Path::new("/"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if endpoint.source == Source::Flag {
        command.env(ENDPOINT_VARIABLE, endpoint.url.as_str());
    }
    if !product.is_own() {
        command.env(CATALOG_VARIABLE, product.reference());
    }
    command
}

/// The whole life of the detached sender: its own session, one bounded delivery, no output. Never fails.
///
/// A program that records for a product of its own runs it for that `product` when its first argument is [`DELIVER_ARGUMENT`];
/// without one the environment names the catalog.
pub fn run_detached(host: &Host, product: Option<&Product>) {
    // It must survive the terminal. A session leader already (started by hand) is as good.
    #[cfg(unix)]
    let _already_leader = rustix::process::setsid();
    run_bounded(host, product);
}

/// What [`run_detached`] does, in this session.
pub fn run_bounded(host: &Host, product: Option<&Product>) {
    let (done, finished) = mpsc::channel();
    let (host, product) = (host.clone(), product.cloned());
    // The work gets a thread of its own, so that nothing it may hang in outlives the limit: the process ends with its main
    // thread.
    let worker = std::thread::Builder::new().spawn(move || {
        deliver(&host, product);
        let _nobody_waits = done.send(());
    });
    if worker.is_ok() {
        let _done_or_late = finished.recv_timeout(LIMIT);
    }
}

fn deliver(host: &Host, product: Option<Product>) {
    let named = || {
        let name = host.env.text(CATALOG_VARIABLE);
        Product::named(name.as_deref().unwrap_or("decantr"), &host.cwd).ok()
    };
    let Some(product) = product.or_else(named) else {
        return;
    };
    let asked = Asked {
        product: Some(&product),
        ..Asked::default()
    };
    let Ok(gate) = Gate::open(host, &asked) else {
        return;
    };
    // A second is left to write down what came of it.
    let limit = LIMIT.saturating_sub(Duration::from_secs(1));
    if let Some(sender) = Sender::new(&gate, host, limit) {
        drop(sender.run(Urgency::Background));
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::PathBuf;

    use super::*;
    use crate::base::clock::Clock;
    use crate::config::{ConfigFile, Env};

    #[test]
    fn the_sender_knows_little_of_the_environment() {
        let env = Env::from_pairs([
            ("HOME", "/h"),
            ("CI", "true"),
            ("DO_NOT_TRACK", "0"),
            ("https_proxy", "http://proxy"),
            ("SSL_CERT_FILE", "/ca.pem"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("DECANTR_API_KEY", "secret"),
            ("PATH", "/bin"),
            ("LD_PRELOAD", "/evil.so"),
        ]);
        let host = Host {
            env,
            cwd: PathBuf::from("/somewhere"),
            clock: Clock::system(),
            policy_file: PathBuf::new(),
            executable: PathBuf::from("/bin/decantr"),
        };
        let file = ConfigFile::load(Path::new("/nowhere/config.json")).unwrap();
        let flag = Some("https://a.example/");
        let endpoint = Endpoint::resolve(flag, &host.env, &file).unwrap();
        let command = command(&host, &endpoint, &Product::own());
        assert_eq!(command.get_current_dir(), Some(Path::new("/")));
        assert_eq!(
            command.get_args().collect::<Vec<_>>(),
            [OsStr::new("__deliver")]
        );
        let mut passed: Vec<_> = command
            .get_envs()
            .filter_map(|(k, v)| Some((k, v?)))
            .collect();
        passed.sort();
        let expected = [
            ("CI", "true"),
            ("DECANTR_SENDER", "1"),
            ("DECANTR_TELEMETRY_ENDPOINT", "https://a.example/"),
            ("DO_NOT_TRACK", "0"),
            ("HOME", "/h"),
            ("SSL_CERT_FILE", "/ca.pem"),
            ("https_proxy", "http://proxy"),
        ];
        assert_eq!(
            passed,
            expected.map(|(k, v)| (OsStr::new(k), OsStr::new(v)))
        );
    }
}

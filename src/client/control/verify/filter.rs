//! The seccomp filters of a cage: which system calls the kernel ends a process for. Linux on the processors that
//! `seccompiler` knows; elsewhere there is no cage.
//!
//! A filter is inherited by every thread and process and survives `exec`; nobody can take it off again (seccomp(2)).

use super::cage::Kind;

/// Installs the filters of `kind` on this process, which must not have started any thread. Needs no privilege: they come with
/// `no_new_privs` (seccomp(2)).
///
/// # Errors
/// Why there is no cage, as a phrase.
#[cfg(not(all(
    target_os = "linux",
    any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64"
    )
)))]
pub(super) fn install(_kind: Kind) -> Result<(), String> {
    Err("there are no seccomp filters on this system".to_owned())
}

#[cfg(all(
    target_os = "linux",
    any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64"
    )
))]
pub(super) use seccomp::install;

#[cfg(all(
    target_os = "linux",
    any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64"
    )
))]
mod seccomp {
    use std::collections::BTreeMap;

    use libc::c_int;
    use seccompiler::{
        BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
        SeccompFilter, SeccompRule, TargetArch, apply_filter_all_threads,
    };

    use super::Kind;

    /// What the kernel does for a call: always, or where one of the rules holds.
    type Rules = BTreeMap<i64, Vec<SeccompRule>>;

    /// Calls that are answered as an old kernel would. The C library then makes the older call, whose arguments a filter can see;
    /// of these it sees an address only.
    const UNKNOWN: [i64; 2] = [libc::SYS_clone3, libc::SYS_openat2];

    /// Refused in every cage: a ring makes calls of all kinds that no filter sees.
    const NEVER: [i64; 1] = [libc::SYS_io_uring_setup];

    /// Makes, removes, renames or changes what is on a file system, by its name or by an open file.
    const CHANGES: [i64; 21] = [
        libc::SYS_mkdirat,
        libc::SYS_mknodat,
        libc::SYS_unlinkat,
        libc::SYS_linkat,
        libc::SYS_symlinkat,
        libc::SYS_renameat2,
        libc::SYS_truncate,
        libc::SYS_ftruncate,
        libc::SYS_fallocate,
        libc::SYS_open_by_handle_at,
        libc::SYS_fchmod,
        libc::SYS_fchmodat,
        libc::SYS_fchown,
        libc::SYS_fchownat,
        libc::SYS_utimensat,
        libc::SYS_setxattr,
        libc::SYS_lsetxattr,
        libc::SYS_fsetxattr,
        libc::SYS_removexattr,
        libc::SYS_lremovexattr,
        libc::SYS_fremovexattr,
    ];

    /// The same by calls that the C library does not name everywhere yet: `fchmodat2`, `setxattrat`, `removexattrat` and
    /// `file_setattr`. Since 424 a call has the same number on every processor (`syscall.tbl` of Linux).
    const NEWER_CHANGES: [i64; 4] = [452, 463, 466, 469];

    /// Gets, or uses, a socket of any family.
    const TALKS: [i64; 11] = [
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_sendmmsg,
        libc::SYS_pidfd_getfd,
    ];

    #[cfg(target_arch = "x86_64")]
    mod older {
        /// The calls of the same meaning that only this processor still has.
        pub(super) const CHANGES: [i64; 15] = [
            libc::SYS_creat,
            libc::SYS_mkdir,
            libc::SYS_mknod,
            libc::SYS_rmdir,
            libc::SYS_unlink,
            libc::SYS_link,
            libc::SYS_symlink,
            libc::SYS_rename,
            libc::SYS_renameat,
            libc::SYS_chmod,
            libc::SYS_chown,
            libc::SYS_lchown,
            libc::SYS_utime,
            libc::SYS_utimes,
            libc::SYS_futimesat,
        ];
        pub(super) const STARTS: [i64; 2] = [libc::SYS_fork, libc::SYS_vfork];
        /// `open`, whose flags are its second argument.
        pub(super) const OPEN: Option<i64> = Some(libc::SYS_open);
    }

    #[cfg(target_arch = "aarch64")]
    mod older {
        pub(super) const CHANGES: [i64; 1] = [libc::SYS_renameat];
        pub(super) const STARTS: [i64; 0] = [];
        pub(super) const OPEN: Option<i64> = None;
    }

    #[cfg(target_arch = "riscv64")]
    mod older {
        pub(super) const CHANGES: [i64; 0] = [];
        pub(super) const STARTS: [i64; 0] = [];
        pub(super) const OPEN: Option<i64> = None;
    }

    /// As [`super::install`].
    pub(in super::super) fn install(kind: Kind) -> Result<(), String> {
        let unknown = always(UNKNOWN);
        let enosys = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
        apply(unknown, enosys)?;
        let rules = rules(kind).map_err(|error| error.to_string())?;
        apply(rules, SeccompAction::KillProcess)
    }

    fn apply(rules: Rules, action: SeccompAction) -> Result<(), String> {
        let arch = TargetArch::try_from(std::env::consts::ARCH);
        let program: Result<BpfProgram, BackendError> = arch
            .and_then(|arch| SeccompFilter::new(both(rules), SeccompAction::Allow, action, arch))
            .and_then(TryInto::try_into);
        let program = program.map_err(|error| error.to_string())?;
        apply_filter_all_threads(&program).map_err(|error| error.to_string())
    }

    fn rules(kind: Kind) -> Result<Rules, BackendError> {
        let mut rules = always(NEVER);
        match kind {
            Kind::Files => {
                rules.extend(always(CHANGES));
                rules.extend(always(NEWER_CHANGES));
                rules.extend(always(older::CHANGES));
                rules.insert(libc::SYS_openat, opening(2)?);
                if let Some(open) = older::OPEN {
                    rules.insert(open, opening(1)?);
                }
            }
            Kind::Processes => {
                rules.extend(always(older::STARTS));
                // A thread is no process.
                let thread = thirty_two_bits(0, libc::CLONE_THREAD, 0)?;
                rules.insert(libc::SYS_clone, vec![thread]);
            }
            Kind::Sockets => rules.extend(always(TALKS)),
        }
        Ok(rules)
    }

    fn always(calls: impl IntoIterator<Item = i64>) -> Rules {
        calls.into_iter().map(|call| (call, Vec::new())).collect()
    }

    /// Opening for more than reading; the flags are argument `at`, counted from 0. `O_TMPFILE` needs one of these too.
    fn opening(at: u8) -> Result<Vec<SeccompRule>, BackendError> {
        [libc::O_WRONLY, libc::O_RDWR, libc::O_CREAT, libc::O_TRUNC]
            .into_iter()
            .map(|flag| thirty_two_bits(at, flag, flag))
            .collect()
    }

    /// Argument `at`, counted from 0, has `value` under `mask`.
    fn thirty_two_bits(at: u8, mask: c_int, value: c_int) -> Result<SeccompRule, BackendError> {
        let bits = |value: c_int| u64::from(value.unsigned_abs());
        let compare = SeccompCmpOp::MaskedEq(bits(mask));
        let length = SeccompCmpArgLen::Dword;
        SeccompRule::new(vec![SeccompCondition::new(
            at,
            length,
            compare,
            bits(value),
        )?])
    }

    /// The same for the numbers of the x32 interface, which a kernel may have beside the usual one (`__X32_SYSCALL_BIT`).
    #[cfg(target_arch = "x86_64")]
    fn both(rules: Rules) -> Rules {
        const X32: i64 = 0x4000_0000;
        let other: Rules = rules
            .iter()
            .map(|(call, rules)| (call | X32, rules.clone()))
            .collect();
        rules.into_iter().chain(other).collect()
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn both(rules: Rules) -> Rules {
        rules
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn every_cage_compiles_and_none_is_empty() {
            for kind in Kind::ALL {
                let rules = rules(kind).unwrap();
                assert!(rules.len() > NEVER.len(), "{kind:?}");
                let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
                let kill = SeccompAction::KillProcess;
                let filter =
                    SeccompFilter::new(both(rules), SeccompAction::Allow, kill, arch).unwrap();
                let program: BpfProgram = filter.try_into().unwrap();
                assert!(program.len() < 4096, "more than the kernel takes");
            }
        }
    }
}

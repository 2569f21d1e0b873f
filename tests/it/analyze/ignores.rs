//! Which `.gitignore` files count: those of the work tree, read with bounds.

use super::support::{NEXT, PAGE, Project, codes, project, routes};

/// A folder `repo/web` with an application of two pages, and the `files` around it.
fn around(files: &[(&str, &str)]) -> Project {
    let project = project(files);
    project.write("repo/web/package.json", NEXT.as_bytes());
    project.write("repo/web/app/page.tsx", PAGE.as_bytes());
    project.write("repo/web/app/old/page.tsx", PAGE.as_bytes());
    project
}

fn paths(project: &Project) -> Vec<String> {
    let analysis = project.try_analyze("repo/web").unwrap();
    routes(&analysis).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_file_above_the_work_tree_does_not_count() {
    let project = around(&[(".gitignore", "*\n"), ("repo/.git/HEAD", "")]);
    assert_eq!(paths(&project), ["/", "/old"]);
}

#[test]
fn without_a_work_tree_only_files_of_the_project_count() {
    let project = around(&[("repo/.gitignore", "*\n")]);
    assert_eq!(paths(&project), ["/", "/old"]);
    project.write("repo/web/.gitignore", b"old/\n");
    assert_eq!(paths(&project), ["/"]);
}

#[test]
fn files_of_the_work_tree_count_the_nearest_first() {
    let project = around(&[
        ("repo/.git/HEAD", ""),
        ("repo/.gitignore", "web/app/old/\n"),
    ]);
    assert_eq!(paths(&project), ["/"]);
    project.write("repo/web/.gitignore", b"!app/old/\n");
    assert_eq!(paths(&project), ["/", "/old"]);
    project.write("repo/web/app/.gitignore", b"old\n");
    assert_eq!(paths(&project), ["/"]);
}

#[cfg(unix)]
#[test]
fn a_file_of_the_work_tree_that_cannot_be_read_is_a_finding() {
    let project = around(&[("repo/.git/HEAD", "")]);
    let made = std::process::Command::new("mkfifo")
        .arg(project.path().join("repo/.gitignore"))
        .status();
    assert!(made.unwrap().success());
    let analysis = project.try_analyze("repo/web").unwrap();
    assert_eq!(routes(&analysis), ["/", "/old"]);
    assert_eq!(codes(&analysis), ["gitignore_not_read"]);
    let detail = &analysis.findings[0].detail;
    assert!(detail.ends_with(": ../.gitignore"), "{detail}");
}

#[test]
fn a_file_that_is_no_unicode_counts_all_the_same() {
    let project = around(&[]);
    project.write("repo/web/.gitignore", b"# caf\xe9\nold\n");
    assert_eq!(paths(&project), ["/"]);
}

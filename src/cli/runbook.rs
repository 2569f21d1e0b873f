//! The operator's runbook as a manual page; its one source is `runbook.md`, which the README shows as it is.

/// The runbook: a heading for each symptom, paragraphs, and blocks of commands.
const TEXT: &str = include_str!("runbook.md");

/// What a manual page begins with.
const HEAD: &str = ".TH decantr\\-runbook 7
.SH NAME
decantr\\-runbook \\- what an operator sees, does, and calls good";

/// The page's file name.
pub(super) const FILE: &str = "decantr-runbook.7";

/// The runbook in the language of manual pages, man(7).
pub(super) fn page() -> String {
    let mut is_block = false;
    let lines = TEXT.lines().map(|line| {
        if line.starts_with("```") {
            is_block = !is_block;
            if is_block { ".PP\n.EX" } else { ".EE" }.to_owned()
        } else if is_block {
            escaped(line)
        } else if let Some(heading) = line.strip_prefix("### ") {
            format!(".SH {}", escaped(heading))
        } else if line.is_empty() {
            ".PP".to_owned()
        } else {
            words(line)
        }
    });
    let lines: Vec<String> = HEAD.lines().map(str::to_owned).chain(lines).collect();
    let page = lines.join("\n") + "\n";
    // A heading begins a paragraph by itself, and so does what follows a block.
    page.replace(".PP\n.PP\n", ".PP\n")
        .replace(".PP\n.SH ", ".SH ")
}

/// A line of a paragraph: what stands between backquotes is bold.
fn words(line: &str) -> String {
    let parts = line.split('`').enumerate();
    let line: String = parts
        .map(|(at, part)| match at % 2 {
            0 => escaped(part),
            _ => format!("\\fB{}\\fR", escaped(part)),
        })
        .collect();
    // A request begins with a dot or a quote; a text that begins with one is protected.
    if line.starts_with(['.', '\'']) {
        format!("\\&{line}")
    } else {
        line
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_bold_and_nothing_is_taken_for_a_request() {
        assert_eq!(words("`a -b` c"), "\\fBa \\-b\\fR c");
        assert_eq!(words(".SH x"), "\\&.SH x");
        let page = page();
        let requests = page.lines().filter(|line| line.starts_with('.'));
        let known = [".TH", ".SH", ".PP", ".EX", ".EE"];
        assert!(requests.clone().count() > 20);
        assert!(
            requests
                .map(|line| line.get(..3).unwrap())
                .all(|r| known.contains(&r))
        );
    }
}

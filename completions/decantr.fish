# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_decantr_global_optspecs
    string join \n no-telemetry color= q/quiet v/verbose h/help V/version
end

function __fish_decantr_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_decantr_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_decantr_using_subcommand
    set -l cmd (__fish_decantr_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c decantr -n "__fish_decantr_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_needs_command" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_needs_command" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_needs_command" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_needs_command" -s V -l version -d 'Print version'
complete -c decantr -n "__fish_decantr_needs_command" -f -a "telemetry" -d 'See, control and prove what leaves this machine'
complete -c decantr -n "__fish_decantr_needs_command" -f -a "analyze" -d 'Inspect a web project: framework, routes, styling, components, dependencies'
complete -c decantr -n "__fish_decantr_needs_command" -f -a "login" -d 'Sign in to a server with an API key, and keep the key for that server'
complete -c decantr -n "__fish_decantr_needs_command" -f -a "logout" -d 'Remove a server\'s API key from this machine'
complete -c decantr -n "__fish_decantr_needs_command" -f -a "whoami" -d 'Show who the API key belongs to, as its server says'
complete -c decantr -n "__fish_decantr_needs_command" -f -a "ops" -d 'Collect telemetry on your own machine and read it'
complete -c decantr -n "__fish_decantr_needs_command" -f -a "generate" -d 'Write man pages or completions into a folder'
complete -c decantr -n "__fish_decantr_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "explain" -d 'Show everything that could be reported, down to each property and its allowed values'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "preview" -d 'Show the exact bytes that would leave, now and if you enabled it; without COMMAND, those that wait already'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "status" -d 'Show whether telemetry is on, and what decides it'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "enable" -d 'Say yes to telemetry, after seeing what is sent, where and for how long'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "disable" -d 'Say no to telemetry and remove everything it kept on this machine'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "flush" -d 'Send now what is waiting, and show the server\'s signed receipt'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "record" -d 'Record an event of the catalog, from a script, a build machine or any other language'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "log" -d 'Show every recorded event, what became of it, and what was sent'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "verify" -d 'Check the promise on this machine: what is kept, what the commands do, and what was sent'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "link" -d 'Attach the opaque ids of this machine to your account and organisation, from now on'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "unlink" -d 'End the link to an account, and take new ids'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "reset" -d 'Take new ids; the old ones are remembered only so that they can be forgotten'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "forget" -d 'Have servers erase everything under the current and past ids of this machine'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and not __fish_seen_subcommand_from explain preview status enable disable flush record log verify link unlink reset forget help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from explain" -l source -d 'Which of the catalog\'s sources to explain; by default `cli`. May be given more than once' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from explain" -l format -d 'How to print it' -r -f -a "table\t'For the terminal'
markdown\t'For a page or a message'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from explain" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from explain" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from explain" -l diff -d 'Only what the catalog has gained since you agreed, with the values that it would have in this folder'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from explain" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from explain" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from explain" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from preview" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from preview" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from preview" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from preview" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from preview" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from preview" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from preview" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from preview" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from status" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from status" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from status" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from status" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l source -d 'Which of the catalog\'s sources may report, for example `content-ci`; by default `cli`. May be given more than once' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l only -d 'Agree only to the events of these buckets, for example `cli_adoption`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l for -d 'Agree for a time only, for example `90d`, `12h` or `2 weeks`; then nobody has decided again' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l scope -d 'Where it holds: `local`, this machine while it builds nothing (the default), or `ci`, build machines; both may be given' -r -f -a "local\t'On a person\'s machine'
ci\t'On build machines'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l accept -d 'Accept what the catalog has gained up to this revision, on the terms that were agreed to; `explain --diff` shows it' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l endpoint -d 'The server to report to, kept in the configuration; by default the one configured, or this machine' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l share-project -d 'Also write your project id into `.decantr/project.json` of this directory, for everybody who has the repository'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -s y -l yes -d 'Say yes without being asked; needed where there is no terminal'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from enable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from disable" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from disable" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from disable" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from disable" -l forget -d 'Also have servers erase what they were sent; afterwards nobody can name the ids any more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from disable" -l keep-log -d 'Keep the local log of what was sent'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from disable" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from disable" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from disable" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from disable" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from disable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from flush" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from flush" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from flush" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from flush" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from flush" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from flush" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from flush" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from flush" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -s p -l property -d 'A property and its value; for a list once for each element' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -l duration-ms -d 'How long it took, in whole milliseconds: the event\'s own property for that' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -l from-json -d 'Read it from a JSON file, or from standard input (`-`): an object with `name` and `properties`, or an array of such. EVENT, -p and --duration-ms fill in what it does not say' -r -F
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -l source -d 'Which of the catalog\'s sources it comes from, for example `content-ci` or `mcp`; by default `cli`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -l strict -d 'Fail (exit code 4) when telemetry is off or does not cover the event, and refuse values that would become `other`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from record" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from log" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from log" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from log" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from log" -l bytes -d 'Also show the body of each request, inflated: the bytes that its receipt is about'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from log" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from log" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from log" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from log" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from log" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from verify" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from verify" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from verify" -l strict -d 'Fail also where something could not be checked'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from verify" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from verify" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -l org -d 'The organisation\'s short name' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -l label -d 'What to call this machine: a word of lower-case letters, digits, hyphens and underscores' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -l api-url -d 'The server that has the account; by default the one configured' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -l enable -d 'Turn telemetry on as well, after showing everything that `enable` shows'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -l fresh -d 'Take new ids first, so that earlier events cannot be matched to the account'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -l dry-run -d 'Show what would be sent; write nothing and connect to nothing'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -s y -l yes -d 'Say yes without being asked; needed where there is no terminal'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from link" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from unlink" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from unlink" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from unlink" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from unlink" -l local -d 'End the link on this machine only, without asking the server, which keeps it'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from unlink" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from unlink" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from unlink" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from unlink" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from unlink" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from reset" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from reset" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from reset" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from reset" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from reset" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from reset" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from forget" -l check -d 'Only ask what an earlier request erased, and whether the server\'s signature holds' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from forget" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from forget" -l catalog -d 'Whose telemetry: decantr\'s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from forget" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from forget" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from forget" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from forget" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from forget" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from forget" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "explain" -d 'Show everything that could be reported, down to each property and its allowed values'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "preview" -d 'Show the exact bytes that would leave, now and if you enabled it; without COMMAND, those that wait already'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show whether telemetry is on, and what decides it'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "enable" -d 'Say yes to telemetry, after seeing what is sent, where and for how long'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "disable" -d 'Say no to telemetry and remove everything it kept on this machine'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "flush" -d 'Send now what is waiting, and show the server\'s signed receipt'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "record" -d 'Record an event of the catalog, from a script, a build machine or any other language'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "log" -d 'Show every recorded event, what became of it, and what was sent'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Check the promise on this machine: what is kept, what the commands do, and what was sent'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "link" -d 'Attach the opaque ids of this machine to your account and organisation, from now on'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "unlink" -d 'End the link to an account, and take new ids'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "reset" -d 'Take new ids; the old ones are remembered only so that they can be forgotten'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "forget" -d 'Have servers erase everything under the current and past ids of this machine'
complete -c decantr -n "__fish_decantr_using_subcommand telemetry; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c decantr -n "__fish_decantr_using_subcommand analyze" -l app -d 'Analyze one package of the workspace around PATH, named by its folder in the workspace' -r -F
complete -c decantr -n "__fish_decantr_using_subcommand analyze" -l timeout -d 'Stop reading after this time, and report what was read by then' -r
complete -c decantr -n "__fish_decantr_using_subcommand analyze" -l format -d 'How to print it' -r -f -a "table\t'For the terminal'
markdown\t'For a page or a message'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand analyze" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand analyze" -l all -d 'Analyze every application of the workspace around PATH'
complete -c decantr -n "__fish_decantr_using_subcommand analyze" -l no-write -d 'Do not write `.decantr/analysis.json`'
complete -c decantr -n "__fish_decantr_using_subcommand analyze" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand analyze" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand analyze" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand analyze" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand analyze" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand login" -l api-key -d 'The API key itself. Other people can see it in the list of processes, and it stays in the shell\'s history' -r
complete -c decantr -n "__fish_decantr_using_subcommand login" -l store -d 'Where to keep the key; the keyring when not given, and the file only after asking' -r -f -a "keyring\t'The operating system\'s keyring'
file\t'The file `credentials.json` in the configuration folder, readable by you only'"
complete -c decantr -n "__fish_decantr_using_subcommand login" -l api-url -d 'The server; by default `DECANTR_API_URL`, else the one configured, else this machine' -r
complete -c decantr -n "__fish_decantr_using_subcommand login" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand login" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand login" -l api-key-stdin -d 'Read the API key from standard input instead of asking for it'
complete -c decantr -n "__fish_decantr_using_subcommand login" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand login" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand login" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand login" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand logout" -l api-url -d 'The server; by default `DECANTR_API_URL`, else the one configured, else this machine' -r
complete -c decantr -n "__fish_decantr_using_subcommand logout" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand logout" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand logout" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand logout" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand logout" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand logout" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand whoami" -l api-url -d 'The server; by default `DECANTR_API_URL`, else the one configured, else this machine' -r
complete -c decantr -n "__fish_decantr_using_subcommand whoami" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand whoami" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand whoami" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand whoami" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand whoami" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand whoami" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "serve" -d 'Run the server that collects events'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "digest" -d 'Print the executive digest of what was collected, and post it'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "weekly-report" -d 'Print the weekly report, and post it'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "snapshot" -d 'Compute the baseline reports and keep them; `serve` does it every hour'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "health" -d 'Tell whether the baseline reports are fresh, and post it when they are not'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "purge" -d 'Remove raw events, and the ids in them, that are older than they may be; `serve` does it every day'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "check" -d 'Try everything between a sender and a report against a running server'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "dashboard" -d 'Bring the operating dashboard in PostHog, its insights, cohorts and alerts, to what the catalog says'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "query" -d 'Ask one of the named queries of what was collected'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "catalog" -d 'Catalogs: what programs may report at all'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "demo" -d 'Show the whole loop on this machine: serve, enable, analyze, deliver, digest; leaves nothing behind'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "org" -d 'The organisations that keys and links belong to'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "user" -d 'The users that keys and links belong to'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "key" -d 'API keys'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "tail" -d 'Show the events as they come, as they are kept'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "alias" -d 'What ids belong to whom'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "audit" -d 'Who changed what about whom, newest first'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "forget" -d 'Erase everything about ids that nobody can prove, and refuse later events with them'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "backup" -d 'Copy the store, as of one moment, to a new file; a server may be running'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and not __fish_seen_subcommand_from serve digest weekly-report snapshot health purge check dashboard query catalog demo org user key tail alias audit forget backup help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -l listen -d 'Where to listen; port 0 takes any free one' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -l store -d 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -l catalog -d 'A catalog that events are taken of: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; can be given several times, the first is meant where a request names none. By default `DECANTR_CATALOG`, or `decantr`' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -l environment -d 'Where the programs run whose clients cannot say it themselves: `production`, `preview`, `development`, `test`, `other`' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -l rate-limit -d 'How many requests with events a second each peer may send, five times as many at once; ten times as many with an API key. 0 is no limit' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -l trusted-proxy -d 'A network whose machines are believed when they say for whom they speak (`X-Forwarded-For`, `Forwarded`); can be given several times' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -l forward -d 'Also copy every event to this service, from the oldest one that is kept on' -r -f -a "posthog\t'PostHog: `POSTHOG_PROJECT_TOKEN` and `POSTHOG_HOST` say where'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -l metrics-listen -d 'Also answer `GET /metrics` for Prometheus, on this address and nowhere else' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -l log-json -d 'Write the server\'s log as JSON lines'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l store -d 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l api-url -d 'Read the reports of this server instead of a store; the key is in `DECANTR_ADMIN_KEY` or `DECANTR_TELEMETRY_SNAPSHOT_TOKEN`' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l catalog -d 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l webhook-url -d 'Post to this webhook instead of the one in the environment. Other people can see it in the list of processes' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l webhook-format -d 'The form of the message; by default the one of the service at the webhook\'s address, else plain JSON' -r -f -a "discord\t'Discord'
slack\t'Slack, and what takes its form'
teams\t'Teams, by a workflow'
json\t'Plain JSON'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l env-file -d 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here' -r -F
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l format -d 'How to print it' -r -f -a "table\t'For the terminal'
markdown\t'For a page or a message'
json\t'One versioned JSON object'
html\t'A whole page for mail, which loads nothing'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l sample -d 'Use marked sample data instead of a store'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l always -d 'Post sample data, too'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l dry-run -d 'Compute everything from real data and print what would be sent where; send nothing, write nothing'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from digest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l from -d 'Where the numbers come from: the store, or PostHog, where forwarded events are counted' -r -f -a "store\t'The store'
posthog\t'PostHog: `POSTHOG_HOST`, `POSTHOG_ENVIRONMENT_ID` and `POSTHOG_PERSONAL_API_KEY` (scope query:read) say which'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l store -d 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l catalog -d 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l webhook-url -d 'Post to this webhook instead of the one in the environment. Other people can see it in the list of processes' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l webhook-format -d 'The form of the message; by default the one of the service at the webhook\'s address, else plain JSON' -r -f -a "discord\t'Discord'
slack\t'Slack, and what takes its form'
teams\t'Teams, by a workflow'
json\t'Plain JSON'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l env-file -d 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here' -r -F
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l format -d 'How to print it' -r -f -a "table\t'For the terminal'
markdown\t'For a page or a message'
json\t'One versioned JSON object'
html\t'A whole page for mail, which loads nothing'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l sample -d 'Use marked sample data instead of a store'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l always -d 'Post sample data, too'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l dry-run -d 'Compute everything from real data and print what would be sent where; send nothing, write nothing'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from weekly-report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from snapshot" -l env-file -d 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here' -r -F
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from snapshot" -l catalog -d 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from snapshot" -l store -d 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from snapshot" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from snapshot" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from snapshot" -l dry-run -d 'Compute everything from real data and print it; keep nothing'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from snapshot" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from snapshot" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from snapshot" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from snapshot" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from snapshot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l store -d 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l api-url -d 'Read the reports of this server instead of a store; the key is in `DECANTR_ADMIN_KEY` or `DECANTR_TELEMETRY_SNAPSHOT_TOKEN`' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l catalog -d 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l webhook-url -d 'Post to this webhook instead of the one in the environment. Other people can see it in the list of processes' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l webhook-format -d 'The form of the message; by default the one of the service at the webhook\'s address, else plain JSON' -r -f -a "discord\t'Discord'
slack\t'Slack, and what takes its form'
teams\t'Teams, by a workflow'
json\t'Plain JSON'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l env-file -d 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here' -r -F
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l format -d 'How to print it' -r -f -a "table\t'For the terminal'
markdown\t'For a page or a message'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l exit-code -d 'End with exit code 1 unless everything is fresh'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l always -d 'Post also when everything is fresh'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l dry-run -d 'Compute everything from real data and print what would be sent where; send nothing, write nothing'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from health" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -l keep-days -d 'How many days raw events are kept; by default as the catalog says' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -l env-file -d 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here' -r -F
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -l catalog -d 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -l store -d 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -l dry-run -d 'Print what would go, by day; remove nothing'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from purge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from check" -l api-url -d 'The server; by default `DECANTR_API_URL`, else the one configured, else this machine' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from check" -l env-file -d 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here' -r -F
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from check" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from check" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from check" -l dry-run -d 'Say what would be tried; send nothing'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from check" -l strict -d 'End with exit code 1 also when something could not be tried'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from check" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from check" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -l env-file -d 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here' -r -F
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -l format -d 'How to print it' -r -f -a "table\t'For the terminal'
markdown\t'For a page or a message'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -l dry-run -d 'Compare with what is there and print what would be done; write nothing. Without a key it is assumed that nothing is there'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -l prune -d 'Also remove what carries the mark of this dashboard and is not part of it any more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -l keep-layout -d 'Leave tiles where they were moved to; only new ones get a place'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -l exit-code -d 'With `--dry-run`: end with exit code 1 when something is to be done'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from dashboard" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -l days -d 'How many days, today included; by default 7 or 30, as the query says' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -l period -d 'Tell days or weeks apart; a week goes by its Monday' -r -f -a "daily\t'UTC days'
weekly\t'ISO weeks'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -l catalog -d 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -l store -d 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -l env-file -d 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here' -r -F
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -l format -d 'How to print it' -r -f -a "table\t'For the terminal'
json\t'One versioned JSON object'
csv\t'Comma-separated values with a head (RFC 4180)'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from query" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from catalog" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from catalog" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from catalog" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from catalog" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from catalog" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from catalog" -f -a "check" -d 'Tell whether a catalog is good, and whether it breaks a consent to an older form of it'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from catalog" -f -a "diff" -d 'Show what somebody who agreed to OLD would newly send by NEW, and what no longer'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from catalog" -f -a "show" -d 'Show a catalog: its events, and every property with what it can hold'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from catalog" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from demo" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from demo" -l keep -d 'Leave the server up until Ctrl-C'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from demo" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from demo" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from demo" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from org" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from org" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from org" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from org" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from org" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from org" -f -a "add" -d 'Add an organisation, so that keys can belong to it; makes the store when it is missing'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from org" -f -a "list" -d 'List the organisations'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from org" -f -a "flag" -d 'Say what an organisation is; its events count as internal from its first one on. Without a flag: nothing any more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from org" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from user" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from user" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from user" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from user" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from user" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from user" -f -a "flag" -d 'Say what a user is; their events count as internal from the first one on. Without a flag: nothing any more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from user" -f -a "list" -d 'List the users that are known'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from user" -f -a "delete" -d 'End an account: its events stay, and nothing says any more whose they are; its keys go, its links end'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from user" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from key" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from key" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from key" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from key" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from key" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from key" -f -a "create" -d 'Make an API key and show it, once; makes the store when it is missing'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from key" -f -a "revoke" -d 'End a key, in every server process on the store'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from key" -f -a "list" -d 'List the keys, without their secret part, which is not kept'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from key" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -l catalog -d 'Only events of this catalog' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -l event -d 'Only events of this name' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -s n -l last -d 'How many of the events that are there to look at first' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -l store -d 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -l format -d 'How to print it' -r -f -a "text\t'One line an event, for the terminal'
ndjson\t'One JSON object a line'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -l once -d 'Do not wait for more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -l json -d 'The same as `--format ndjson`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from alias" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from alias" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from alias" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from alias" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from alias" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from alias" -f -a "list" -d 'List what is said about ids'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from alias" -f -a "candidates" -d 'List active ids about which nothing is said, most events first'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from alias" -f -a "set" -d 'Say what an installation, a project or an anonymous visitor is; reports are right at once'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from alias" -f -a "remove" -d 'Take back what is said about an id'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from alias" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from audit" -l limit -d 'At most so many' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from audit" -l store -d 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from audit" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from audit" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from audit" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from audit" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from audit" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from audit" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from audit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from forget" -l store -d 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from forget" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from forget" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from forget" -l yes -d 'Do not ask'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from forget" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from forget" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from forget" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from forget" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from forget" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from backup" -l store -d 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder' -r
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from backup" -l format -d 'How to print the result' -r -f -a "table\t'For people'
json\t'One versioned JSON object'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from backup" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from backup" -l json -d 'The same as `--format json`'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from backup" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from backup" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from backup" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from backup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Run the server that collects events'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "digest" -d 'Print the executive digest of what was collected, and post it'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "weekly-report" -d 'Print the weekly report, and post it'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "snapshot" -d 'Compute the baseline reports and keep them; `serve` does it every hour'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "health" -d 'Tell whether the baseline reports are fresh, and post it when they are not'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "purge" -d 'Remove raw events, and the ids in them, that are older than they may be; `serve` does it every day'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "check" -d 'Try everything between a sender and a report against a running server'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "dashboard" -d 'Bring the operating dashboard in PostHog, its insights, cohorts and alerts, to what the catalog says'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "query" -d 'Ask one of the named queries of what was collected'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "catalog" -d 'Catalogs: what programs may report at all'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "demo" -d 'Show the whole loop on this machine: serve, enable, analyze, deliver, digest; leaves nothing behind'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "org" -d 'The organisations that keys and links belong to'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "user" -d 'The users that keys and links belong to'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "key" -d 'API keys'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "tail" -d 'Show the events as they come, as they are kept'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "alias" -d 'What ids belong to whom'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "audit" -d 'Who changed what about whom, newest first'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "forget" -d 'Erase everything about ids that nobody can prove, and refuse later events with them'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "backup" -d 'Copy the store, as of one moment, to a new file; a server may be running'
complete -c decantr -n "__fish_decantr_using_subcommand ops; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c decantr -n "__fish_decantr_using_subcommand generate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c decantr -n "__fish_decantr_using_subcommand generate" -l no-telemetry -d 'Turn telemetry off for this command'
complete -c decantr -n "__fish_decantr_using_subcommand generate" -s q -l quiet -d 'Say less: results and errors only'
complete -c decantr -n "__fish_decantr_using_subcommand generate" -s v -l verbose -d 'Say more; twice for even more'
complete -c decantr -n "__fish_decantr_using_subcommand generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c decantr -n "__fish_decantr_using_subcommand help; and not __fish_seen_subcommand_from telemetry analyze login logout whoami ops generate help" -f -a "telemetry" -d 'See, control and prove what leaves this machine'
complete -c decantr -n "__fish_decantr_using_subcommand help; and not __fish_seen_subcommand_from telemetry analyze login logout whoami ops generate help" -f -a "analyze" -d 'Inspect a web project: framework, routes, styling, components, dependencies'
complete -c decantr -n "__fish_decantr_using_subcommand help; and not __fish_seen_subcommand_from telemetry analyze login logout whoami ops generate help" -f -a "login" -d 'Sign in to a server with an API key, and keep the key for that server'
complete -c decantr -n "__fish_decantr_using_subcommand help; and not __fish_seen_subcommand_from telemetry analyze login logout whoami ops generate help" -f -a "logout" -d 'Remove a server\'s API key from this machine'
complete -c decantr -n "__fish_decantr_using_subcommand help; and not __fish_seen_subcommand_from telemetry analyze login logout whoami ops generate help" -f -a "whoami" -d 'Show who the API key belongs to, as its server says'
complete -c decantr -n "__fish_decantr_using_subcommand help; and not __fish_seen_subcommand_from telemetry analyze login logout whoami ops generate help" -f -a "ops" -d 'Collect telemetry on your own machine and read it'
complete -c decantr -n "__fish_decantr_using_subcommand help; and not __fish_seen_subcommand_from telemetry analyze login logout whoami ops generate help" -f -a "generate" -d 'Write man pages or completions into a folder'
complete -c decantr -n "__fish_decantr_using_subcommand help; and not __fish_seen_subcommand_from telemetry analyze login logout whoami ops generate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "explain" -d 'Show everything that could be reported, down to each property and its allowed values'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "preview" -d 'Show the exact bytes that would leave, now and if you enabled it; without COMMAND, those that wait already'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "status" -d 'Show whether telemetry is on, and what decides it'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "enable" -d 'Say yes to telemetry, after seeing what is sent, where and for how long'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "disable" -d 'Say no to telemetry and remove everything it kept on this machine'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "flush" -d 'Send now what is waiting, and show the server\'s signed receipt'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "record" -d 'Record an event of the catalog, from a script, a build machine or any other language'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "log" -d 'Show every recorded event, what became of it, and what was sent'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "verify" -d 'Check the promise on this machine: what is kept, what the commands do, and what was sent'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "link" -d 'Attach the opaque ids of this machine to your account and organisation, from now on'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "unlink" -d 'End the link to an account, and take new ids'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "reset" -d 'Take new ids; the old ones are remembered only so that they can be forgotten'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from telemetry" -f -a "forget" -d 'Have servers erase everything under the current and past ids of this machine'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "serve" -d 'Run the server that collects events'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "digest" -d 'Print the executive digest of what was collected, and post it'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "weekly-report" -d 'Print the weekly report, and post it'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "snapshot" -d 'Compute the baseline reports and keep them; `serve` does it every hour'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "health" -d 'Tell whether the baseline reports are fresh, and post it when they are not'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "purge" -d 'Remove raw events, and the ids in them, that are older than they may be; `serve` does it every day'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "check" -d 'Try everything between a sender and a report against a running server'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "dashboard" -d 'Bring the operating dashboard in PostHog, its insights, cohorts and alerts, to what the catalog says'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "query" -d 'Ask one of the named queries of what was collected'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "catalog" -d 'Catalogs: what programs may report at all'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "demo" -d 'Show the whole loop on this machine: serve, enable, analyze, deliver, digest; leaves nothing behind'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "org" -d 'The organisations that keys and links belong to'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "user" -d 'The users that keys and links belong to'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "key" -d 'API keys'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "tail" -d 'Show the events as they come, as they are kept'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "alias" -d 'What ids belong to whom'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "audit" -d 'Who changed what about whom, newest first'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "forget" -d 'Erase everything about ids that nobody can prove, and refuse later events with them'
complete -c decantr -n "__fish_decantr_using_subcommand help; and __fish_seen_subcommand_from ops" -f -a "backup" -d 'Copy the store, as of one moment, to a new file; a server may be running'

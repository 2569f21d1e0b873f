
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'decantr' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'decantr'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'decantr' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('telemetry', 'telemetry', [CompletionResultType]::ParameterValue, 'See, control and prove what leaves this machine')
            [CompletionResult]::new('analyze', 'analyze', [CompletionResultType]::ParameterValue, 'Inspect a web project: framework, routes, styling, components, dependencies')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in to a server with an API key, and keep the key for that server')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Remove a server''s API key from this machine')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Show who the API key belongs to, as its server says')
            [CompletionResult]::new('ops', 'ops', [CompletionResultType]::ParameterValue, 'Collect telemetry on your own machine and read it')
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Write man pages or completions into a folder')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;telemetry' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show everything that could be reported, down to each property and its allowed values')
            [CompletionResult]::new('preview', 'preview', [CompletionResultType]::ParameterValue, 'Show the exact bytes that would leave, now and if you enabled it; without COMMAND, those that wait already')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether telemetry is on, and what decides it')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Say yes to telemetry, after seeing what is sent, where and for how long')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Say no to telemetry and remove everything it kept on this machine')
            [CompletionResult]::new('flush', 'flush', [CompletionResultType]::ParameterValue, 'Send now what is waiting, and show the server''s signed receipt')
            [CompletionResult]::new('record', 'record', [CompletionResultType]::ParameterValue, 'Record an event of the catalog, from a script, a build machine or any other language')
            [CompletionResult]::new('log', 'log', [CompletionResultType]::ParameterValue, 'Show every recorded event, what became of it, and what was sent')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check the promise on this machine: what is kept, what the commands do, and what was sent')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Attach the opaque ids of this machine to your account and organisation, from now on')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'End the link to an account, and take new ids')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Take new ids; the old ones are remembered only so that they can be forgotten')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Have servers erase everything under the current and past ids of this machine')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;telemetry;explain' {
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Which of the catalog''s sources to explain; by default `cli`. May be given more than once')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Only what the catalog has gained since you agreed, with the values that it would have in this folder')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;preview' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;status' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;enable' {
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Which of the catalog''s sources may report, for example `content-ci`; by default `cli`. May be given more than once')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Agree only to the events of these buckets, for example `cli_adoption`')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Agree for a time only, for example `90d`, `12h` or `2 weeks`; then nobody has decided again')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Where it holds: `local`, this machine while it builds nothing (the default), or `ci`, build machines; both may be given')
            [CompletionResult]::new('--accept', '--accept', [CompletionResultType]::ParameterName, 'Accept what the catalog has gained up to this revision, on the terms that were agreed to; `explain --diff` shows it')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'The server to report to, kept in the configuration; by default the one configured, or this machine')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--share-project', '--share-project', [CompletionResultType]::ParameterName, 'Also write your project id into `.decantr/project.json` of this directory, for everybody who has the repository')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Say yes without being asked; needed where there is no terminal')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Say yes without being asked; needed where there is no terminal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;disable' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--forget', '--forget', [CompletionResultType]::ParameterName, 'Also have servers erase what they were sent; afterwards nobody can name the ids any more')
            [CompletionResult]::new('--keep-log', '--keep-log', [CompletionResultType]::ParameterName, 'Keep the local log of what was sent')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;flush' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;record' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A property and its value; for a list once for each element')
            [CompletionResult]::new('--property', '--property', [CompletionResultType]::ParameterName, 'A property and its value; for a list once for each element')
            [CompletionResult]::new('--duration-ms', '--duration-ms', [CompletionResultType]::ParameterName, 'How long it took, in whole milliseconds: the event''s own property for that')
            [CompletionResult]::new('--from-json', '--from-json', [CompletionResultType]::ParameterName, 'Read it from a JSON file, or from standard input (`-`): an object with `name` and `properties`, or an array of such. EVENT, -p and --duration-ms fill in what it does not say')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Which of the catalog''s sources it comes from, for example `content-ci` or `mcp`; by default `cli`')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Fail (exit code 4) when telemetry is off or does not cover the event, and refuse values that would become `other`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;log' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--bytes', '--bytes', [CompletionResultType]::ParameterName, 'Also show the body of each request, inflated: the bytes that its receipt is about')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;verify' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Fail also where something could not be checked')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;link' {
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'The organisation''s short name')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'What to call this machine: a word of lower-case letters, digits, hyphens and underscores')
            [CompletionResult]::new('--api-url', '--api-url', [CompletionResultType]::ParameterName, 'The server that has the account; by default the one configured')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--enable', '--enable', [CompletionResultType]::ParameterName, 'Turn telemetry on as well, after showing everything that `enable` shows')
            [CompletionResult]::new('--fresh', '--fresh', [CompletionResultType]::ParameterName, 'Take new ids first, so that earlier events cannot be matched to the account')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be sent; write nothing and connect to nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Say yes without being asked; needed where there is no terminal')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Say yes without being asked; needed where there is no terminal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;unlink' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'End the link on this machine only, without asking the server, which keeps it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;reset' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;forget' {
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Only ask what an earlier request erased, and whether the server''s signature holds')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Whose telemetry: decantr''s own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;telemetry;help' {
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show everything that could be reported, down to each property and its allowed values')
            [CompletionResult]::new('preview', 'preview', [CompletionResultType]::ParameterValue, 'Show the exact bytes that would leave, now and if you enabled it; without COMMAND, those that wait already')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether telemetry is on, and what decides it')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Say yes to telemetry, after seeing what is sent, where and for how long')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Say no to telemetry and remove everything it kept on this machine')
            [CompletionResult]::new('flush', 'flush', [CompletionResultType]::ParameterValue, 'Send now what is waiting, and show the server''s signed receipt')
            [CompletionResult]::new('record', 'record', [CompletionResultType]::ParameterValue, 'Record an event of the catalog, from a script, a build machine or any other language')
            [CompletionResult]::new('log', 'log', [CompletionResultType]::ParameterValue, 'Show every recorded event, what became of it, and what was sent')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check the promise on this machine: what is kept, what the commands do, and what was sent')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Attach the opaque ids of this machine to your account and organisation, from now on')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'End the link to an account, and take new ids')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Take new ids; the old ones are remembered only so that they can be forgotten')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Have servers erase everything under the current and past ids of this machine')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;telemetry;help;explain' {
            break
        }
        'decantr;telemetry;help;preview' {
            break
        }
        'decantr;telemetry;help;status' {
            break
        }
        'decantr;telemetry;help;enable' {
            break
        }
        'decantr;telemetry;help;disable' {
            break
        }
        'decantr;telemetry;help;flush' {
            break
        }
        'decantr;telemetry;help;record' {
            break
        }
        'decantr;telemetry;help;log' {
            break
        }
        'decantr;telemetry;help;verify' {
            break
        }
        'decantr;telemetry;help;link' {
            break
        }
        'decantr;telemetry;help;unlink' {
            break
        }
        'decantr;telemetry;help;reset' {
            break
        }
        'decantr;telemetry;help;forget' {
            break
        }
        'decantr;telemetry;help;help' {
            break
        }
        'decantr;analyze' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'Analyze one package of the workspace around PATH, named by its folder in the workspace')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop reading after this time, and report what was read by then')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Analyze every application of the workspace around PATH')
            [CompletionResult]::new('--no-write', '--no-write', [CompletionResultType]::ParameterName, 'Do not write `.decantr/analysis.json`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;login' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'The API key itself. Other people can see it in the list of processes, and it stays in the shell''s history')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where to keep the key; the keyring when not given, and the file only after asking')
            [CompletionResult]::new('--api-url', '--api-url', [CompletionResultType]::ParameterName, 'The server; by default `DECANTR_API_URL`, else the one configured, else this machine')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--api-key-stdin', '--api-key-stdin', [CompletionResultType]::ParameterName, 'Read the API key from standard input instead of asking for it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;logout' {
            [CompletionResult]::new('--api-url', '--api-url', [CompletionResultType]::ParameterName, 'The server; by default `DECANTR_API_URL`, else the one configured, else this machine')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;whoami' {
            [CompletionResult]::new('--api-url', '--api-url', [CompletionResultType]::ParameterName, 'The server; by default `DECANTR_API_URL`, else the one configured, else this machine')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run the server that collects events')
            [CompletionResult]::new('digest', 'digest', [CompletionResultType]::ParameterValue, 'Print the executive digest of what was collected, and post it')
            [CompletionResult]::new('weekly-report', 'weekly-report', [CompletionResultType]::ParameterValue, 'Print the weekly report, and post it')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Compute the baseline reports and keep them; `serve` does it every hour')
            [CompletionResult]::new('health', 'health', [CompletionResultType]::ParameterValue, 'Tell whether the baseline reports are fresh, and post it when they are not')
            [CompletionResult]::new('purge', 'purge', [CompletionResultType]::ParameterValue, 'Remove raw events, and the ids in them, that are older than they may be; `serve` does it every day')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Try everything between a sender and a report against a running server')
            [CompletionResult]::new('dashboard', 'dashboard', [CompletionResultType]::ParameterValue, 'Bring the operating dashboard in PostHog, its insights, cohorts and alerts, to what the catalog says')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'Ask one of the named queries of what was collected')
            [CompletionResult]::new('catalog', 'catalog', [CompletionResultType]::ParameterValue, 'Catalogs: what programs may report at all')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Show the whole loop on this machine: serve, enable, analyze, deliver, digest; leaves nothing behind')
            [CompletionResult]::new('org', 'org', [CompletionResultType]::ParameterValue, 'The organisations that keys and links belong to')
            [CompletionResult]::new('user', 'user', [CompletionResultType]::ParameterValue, 'The users that keys and links belong to')
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'API keys')
            [CompletionResult]::new('tail', 'tail', [CompletionResultType]::ParameterValue, 'Show the events as they come, as they are kept')
            [CompletionResult]::new('alias', 'alias', [CompletionResultType]::ParameterValue, 'What ids belong to whom')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Who changed what about whom, newest first')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Erase everything about ids that nobody can prove, and refuse later events with them')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Copy the store, as of one moment, to a new file; a server may be running')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where to listen; port 0 takes any free one')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'A catalog that events are taken of: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; can be given several times, the first is meant where a request names none. By default `DECANTR_CATALOG`, or `decantr`')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Where the programs run whose clients cannot say it themselves: `production`, `preview`, `development`, `test`, `other`')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'How many requests with events a second each peer may send, five times as many at once; ten times as many with an API key. 0 is no limit')
            [CompletionResult]::new('--trusted-proxy', '--trusted-proxy', [CompletionResultType]::ParameterName, 'A network whose machines are believed when they say for whom they speak (`X-Forwarded-For`, `Forwarded`); can be given several times')
            [CompletionResult]::new('--forward', '--forward', [CompletionResultType]::ParameterName, 'Also copy every event to this service, from the oldest one that is kept on')
            [CompletionResult]::new('--metrics-listen', '--metrics-listen', [CompletionResultType]::ParameterName, 'Also answer `GET /metrics` for Prometheus, on this address and nowhere else')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--log-json', '--log-json', [CompletionResultType]::ParameterName, 'Write the server''s log as JSON lines')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;digest' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--api-url', '--api-url', [CompletionResultType]::ParameterName, 'Read the reports of this server instead of a store; the key is in `DECANTR_ADMIN_KEY` or `DECANTR_TELEMETRY_SNAPSHOT_TOKEN`')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)')
            [CompletionResult]::new('--webhook-url', '--webhook-url', [CompletionResultType]::ParameterName, 'Post to this webhook instead of the one in the environment. Other people can see it in the list of processes')
            [CompletionResult]::new('--webhook-format', '--webhook-format', [CompletionResultType]::ParameterName, 'The form of the message; by default the one of the service at the webhook''s address, else plain JSON')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--sample', '--sample', [CompletionResultType]::ParameterName, 'Use marked sample data instead of a store')
            [CompletionResult]::new('--always', '--always', [CompletionResultType]::ParameterName, 'Post sample data, too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Compute everything from real data and print what would be sent where; send nothing, write nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;weekly-report' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Where the numbers come from: the store, or PostHog, where forwarded events are counted')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)')
            [CompletionResult]::new('--webhook-url', '--webhook-url', [CompletionResultType]::ParameterName, 'Post to this webhook instead of the one in the environment. Other people can see it in the list of processes')
            [CompletionResult]::new('--webhook-format', '--webhook-format', [CompletionResultType]::ParameterName, 'The form of the message; by default the one of the service at the webhook''s address, else plain JSON')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--sample', '--sample', [CompletionResultType]::ParameterName, 'Use marked sample data instead of a store')
            [CompletionResult]::new('--always', '--always', [CompletionResultType]::ParameterName, 'Post sample data, too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Compute everything from real data and print what would be sent where; send nothing, write nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;snapshot' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Compute everything from real data and print it; keep nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;health' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--api-url', '--api-url', [CompletionResultType]::ParameterName, 'Read the reports of this server instead of a store; the key is in `DECANTR_ADMIN_KEY` or `DECANTR_TELEMETRY_SNAPSHOT_TOKEN`')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)')
            [CompletionResult]::new('--webhook-url', '--webhook-url', [CompletionResultType]::ParameterName, 'Post to this webhook instead of the one in the environment. Other people can see it in the list of processes')
            [CompletionResult]::new('--webhook-format', '--webhook-format', [CompletionResultType]::ParameterName, 'The form of the message; by default the one of the service at the webhook''s address, else plain JSON')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'End with exit code 1 unless everything is fresh')
            [CompletionResult]::new('--always', '--always', [CompletionResultType]::ParameterName, 'Post also when everything is fresh')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Compute everything from real data and print what would be sent where; send nothing, write nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;purge' {
            [CompletionResult]::new('--keep-days', '--keep-days', [CompletionResultType]::ParameterName, 'How many days raw events are kept; by default as the catalog says')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would go, by day; remove nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;check' {
            [CompletionResult]::new('--api-url', '--api-url', [CompletionResultType]::ParameterName, 'The server; by default `DECANTR_API_URL`, else the one configured, else this machine')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would be tried; send nothing')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'End with exit code 1 also when something could not be tried')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;dashboard' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Compare with what is there and print what would be done; write nothing. Without a key it is assumed that nothing is there')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Also remove what carries the mark of this dashboard and is not part of it any more')
            [CompletionResult]::new('--keep-layout', '--keep-layout', [CompletionResultType]::ParameterName, 'Leave tiles where they were moved to; only new ones get a place')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'With `--dry-run`: end with exit code 1 when something is to be done')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;query' {
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'How many days, today included; by default 7 or 30, as the query says')
            [CompletionResult]::new('--period', '--period', [CompletionResultType]::ParameterName, 'Tell days or weeks apart; a week goes by its Monday')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is named here')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;catalog' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Tell whether a catalog is good, and whether it breaks a consent to an older form of it')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what somebody who agreed to OLD would newly send by NEW, and what no longer')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a catalog: its events, and every property with what it can hold')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;catalog;check' {
            [CompletionResult]::new('--against', '--against', [CompletionResultType]::ParameterName, 'The form of it that people agreed to last')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;catalog;diff' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;catalog;show' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;catalog;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Tell whether a catalog is good, and whether it breaks a consent to an older form of it')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what somebody who agreed to OLD would newly send by NEW, and what no longer')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a catalog: its events, and every property with what it can hold')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;catalog;help;check' {
            break
        }
        'decantr;ops;catalog;help;diff' {
            break
        }
        'decantr;ops;catalog;help;show' {
            break
        }
        'decantr;ops;catalog;help;help' {
            break
        }
        'decantr;ops;demo' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Leave the server up until Ctrl-C')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;org' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add an organisation, so that keys can belong to it; makes the store when it is missing')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the organisations')
            [CompletionResult]::new('flag', 'flag', [CompletionResultType]::ParameterValue, 'Say what an organisation is; its events count as internal from its first one on. Without a flag: nothing any more')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;org;add' {
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'The opaque id that events carry; by default `org_` and the short name')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;org;list' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;org;flag' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--internal', '--internal', [CompletionResultType]::ParameterName, 'It is the operator''s own')
            [CompletionResult]::new('--test', '--test', [CompletionResultType]::ParameterName, 'It is a test')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;org;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add an organisation, so that keys can belong to it; makes the store when it is missing')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the organisations')
            [CompletionResult]::new('flag', 'flag', [CompletionResultType]::ParameterValue, 'Say what an organisation is; its events count as internal from its first one on. Without a flag: nothing any more')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;org;help;add' {
            break
        }
        'decantr;ops;org;help;list' {
            break
        }
        'decantr;ops;org;help;flag' {
            break
        }
        'decantr;ops;org;help;help' {
            break
        }
        'decantr;ops;user' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('flag', 'flag', [CompletionResultType]::ParameterValue, 'Say what a user is; their events count as internal from the first one on. Without a flag: nothing any more')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the users that are known')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'End an account: its events stay, and nothing says any more whose they are; its keys go, its links end')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;user;flag' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--internal', '--internal', [CompletionResultType]::ParameterName, 'It is the operator''s own')
            [CompletionResult]::new('--test', '--test', [CompletionResultType]::ParameterName, 'It is a test')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;user;list' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;user;delete' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;user;help' {
            [CompletionResult]::new('flag', 'flag', [CompletionResultType]::ParameterValue, 'Say what a user is; their events count as internal from the first one on. Without a flag: nothing any more')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the users that are known')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'End an account: its events stay, and nothing says any more whose they are; its keys go, its links end')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;user;help;flag' {
            break
        }
        'decantr;ops;user;help;list' {
            break
        }
        'decantr;ops;user;help;delete' {
            break
        }
        'decantr;ops;user;help;help' {
            break
        }
        'decantr;ops;key' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make an API key and show it, once; makes the store when it is missing')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End a key, in every server process on the store')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the keys, without their secret part, which is not kept')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;key;create' {
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'What it may be used for; can be given several times')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'The organisation it belongs to; one with scope link needs one')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The opaque id of the user it belongs to; by default a new one')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'What to call it: a-z first, then a-z, 0-9, _ and -, at most 32')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;key;revoke' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;key;list' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;key;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make an API key and show it, once; makes the store when it is missing')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End a key, in every server process on the store')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the keys, without their secret part, which is not kept')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;key;help;create' {
            break
        }
        'decantr;ops;key;help;revoke' {
            break
        }
        'decantr;ops;key;help;list' {
            break
        }
        'decantr;ops;key;help;help' {
            break
        }
        'decantr;ops;tail' {
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'Only events of this catalog')
            [CompletionResult]::new('--event', '--event', [CompletionResultType]::ParameterName, 'Only events of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'How many of the events that are there to look at first')
            [CompletionResult]::new('--last', '--last', [CompletionResultType]::ParameterName, 'How many of the events that are there to look at first')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--once', '--once', [CompletionResultType]::ParameterName, 'Do not wait for more')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format ndjson`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;alias' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List what is said about ids')
            [CompletionResult]::new('candidates', 'candidates', [CompletionResultType]::ParameterValue, 'List active ids about which nothing is said, most events first')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Say what an installation, a project or an anonymous visitor is; reports are right at once')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take back what is said about an id')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;alias;list' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;alias;candidates' {
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'How many days, today included')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most so many')
            [CompletionResult]::new('--catalog', '--catalog', [CompletionResultType]::ParameterName, 'The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for)')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;alias;set' {
            [CompletionResult]::new('--kind', '--kind', [CompletionResultType]::ParameterName, 'What it is of; only needed for an id of another shape, which is stored hashed')
            [CompletionResult]::new('--actor', '--actor', [CompletionResultType]::ParameterName, 'The actor its events count under')
            [CompletionResult]::new('--org', '--org', [CompletionResultType]::ParameterName, 'The organisation it belongs to')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The opaque id of the user it belongs to')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;alias;remove' {
            [CompletionResult]::new('--kind', '--kind', [CompletionResultType]::ParameterName, 'What it is of; only needed for an id of another shape, which is stored hashed')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;alias;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List what is said about ids')
            [CompletionResult]::new('candidates', 'candidates', [CompletionResultType]::ParameterValue, 'List active ids about which nothing is said, most events first')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Say what an installation, a project or an anonymous visitor is; reports are right at once')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take back what is said about an id')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;alias;help;list' {
            break
        }
        'decantr;ops;alias;help;candidates' {
            break
        }
        'decantr;ops;alias;help;set' {
            break
        }
        'decantr;ops;alias;help;remove' {
            break
        }
        'decantr;ops;alias;help;help' {
            break
        }
        'decantr;ops;audit' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most so many')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;forget' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;backup' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as `--format json`')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;ops;help' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run the server that collects events')
            [CompletionResult]::new('digest', 'digest', [CompletionResultType]::ParameterValue, 'Print the executive digest of what was collected, and post it')
            [CompletionResult]::new('weekly-report', 'weekly-report', [CompletionResultType]::ParameterValue, 'Print the weekly report, and post it')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Compute the baseline reports and keep them; `serve` does it every hour')
            [CompletionResult]::new('health', 'health', [CompletionResultType]::ParameterValue, 'Tell whether the baseline reports are fresh, and post it when they are not')
            [CompletionResult]::new('purge', 'purge', [CompletionResultType]::ParameterValue, 'Remove raw events, and the ids in them, that are older than they may be; `serve` does it every day')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Try everything between a sender and a report against a running server')
            [CompletionResult]::new('dashboard', 'dashboard', [CompletionResultType]::ParameterValue, 'Bring the operating dashboard in PostHog, its insights, cohorts and alerts, to what the catalog says')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'Ask one of the named queries of what was collected')
            [CompletionResult]::new('catalog', 'catalog', [CompletionResultType]::ParameterValue, 'Catalogs: what programs may report at all')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Show the whole loop on this machine: serve, enable, analyze, deliver, digest; leaves nothing behind')
            [CompletionResult]::new('org', 'org', [CompletionResultType]::ParameterValue, 'The organisations that keys and links belong to')
            [CompletionResult]::new('user', 'user', [CompletionResultType]::ParameterValue, 'The users that keys and links belong to')
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'API keys')
            [CompletionResult]::new('tail', 'tail', [CompletionResultType]::ParameterValue, 'Show the events as they come, as they are kept')
            [CompletionResult]::new('alias', 'alias', [CompletionResultType]::ParameterValue, 'What ids belong to whom')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Who changed what about whom, newest first')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Erase everything about ids that nobody can prove, and refuse later events with them')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Copy the store, as of one moment, to a new file; a server may be running')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;ops;help;serve' {
            break
        }
        'decantr;ops;help;digest' {
            break
        }
        'decantr;ops;help;weekly-report' {
            break
        }
        'decantr;ops;help;snapshot' {
            break
        }
        'decantr;ops;help;health' {
            break
        }
        'decantr;ops;help;purge' {
            break
        }
        'decantr;ops;help;check' {
            break
        }
        'decantr;ops;help;dashboard' {
            break
        }
        'decantr;ops;help;query' {
            break
        }
        'decantr;ops;help;catalog' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Tell whether a catalog is good, and whether it breaks a consent to an older form of it')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what somebody who agreed to OLD would newly send by NEW, and what no longer')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a catalog: its events, and every property with what it can hold')
            break
        }
        'decantr;ops;help;catalog;check' {
            break
        }
        'decantr;ops;help;catalog;diff' {
            break
        }
        'decantr;ops;help;catalog;show' {
            break
        }
        'decantr;ops;help;demo' {
            break
        }
        'decantr;ops;help;org' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add an organisation, so that keys can belong to it; makes the store when it is missing')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the organisations')
            [CompletionResult]::new('flag', 'flag', [CompletionResultType]::ParameterValue, 'Say what an organisation is; its events count as internal from its first one on. Without a flag: nothing any more')
            break
        }
        'decantr;ops;help;org;add' {
            break
        }
        'decantr;ops;help;org;list' {
            break
        }
        'decantr;ops;help;org;flag' {
            break
        }
        'decantr;ops;help;user' {
            [CompletionResult]::new('flag', 'flag', [CompletionResultType]::ParameterValue, 'Say what a user is; their events count as internal from the first one on. Without a flag: nothing any more')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the users that are known')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'End an account: its events stay, and nothing says any more whose they are; its keys go, its links end')
            break
        }
        'decantr;ops;help;user;flag' {
            break
        }
        'decantr;ops;help;user;list' {
            break
        }
        'decantr;ops;help;user;delete' {
            break
        }
        'decantr;ops;help;key' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make an API key and show it, once; makes the store when it is missing')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End a key, in every server process on the store')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the keys, without their secret part, which is not kept')
            break
        }
        'decantr;ops;help;key;create' {
            break
        }
        'decantr;ops;help;key;revoke' {
            break
        }
        'decantr;ops;help;key;list' {
            break
        }
        'decantr;ops;help;tail' {
            break
        }
        'decantr;ops;help;alias' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List what is said about ids')
            [CompletionResult]::new('candidates', 'candidates', [CompletionResultType]::ParameterValue, 'List active ids about which nothing is said, most events first')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Say what an installation, a project or an anonymous visitor is; reports are right at once')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take back what is said about an id')
            break
        }
        'decantr;ops;help;alias;list' {
            break
        }
        'decantr;ops;help;alias;candidates' {
            break
        }
        'decantr;ops;help;alias;set' {
            break
        }
        'decantr;ops;help;alias;remove' {
            break
        }
        'decantr;ops;help;audit' {
            break
        }
        'decantr;ops;help;forget' {
            break
        }
        'decantr;ops;help;backup' {
            break
        }
        'decantr;ops;help;help' {
            break
        }
        'decantr;generate' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-telemetry', '--no-telemetry', [CompletionResultType]::ParameterName, 'Turn telemetry off for this command')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: results and errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice for even more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'decantr;help' {
            [CompletionResult]::new('telemetry', 'telemetry', [CompletionResultType]::ParameterValue, 'See, control and prove what leaves this machine')
            [CompletionResult]::new('analyze', 'analyze', [CompletionResultType]::ParameterValue, 'Inspect a web project: framework, routes, styling, components, dependencies')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in to a server with an API key, and keep the key for that server')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Remove a server''s API key from this machine')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Show who the API key belongs to, as its server says')
            [CompletionResult]::new('ops', 'ops', [CompletionResultType]::ParameterValue, 'Collect telemetry on your own machine and read it')
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Write man pages or completions into a folder')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'decantr;help;telemetry' {
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show everything that could be reported, down to each property and its allowed values')
            [CompletionResult]::new('preview', 'preview', [CompletionResultType]::ParameterValue, 'Show the exact bytes that would leave, now and if you enabled it; without COMMAND, those that wait already')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether telemetry is on, and what decides it')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Say yes to telemetry, after seeing what is sent, where and for how long')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Say no to telemetry and remove everything it kept on this machine')
            [CompletionResult]::new('flush', 'flush', [CompletionResultType]::ParameterValue, 'Send now what is waiting, and show the server''s signed receipt')
            [CompletionResult]::new('record', 'record', [CompletionResultType]::ParameterValue, 'Record an event of the catalog, from a script, a build machine or any other language')
            [CompletionResult]::new('log', 'log', [CompletionResultType]::ParameterValue, 'Show every recorded event, what became of it, and what was sent')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check the promise on this machine: what is kept, what the commands do, and what was sent')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Attach the opaque ids of this machine to your account and organisation, from now on')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'End the link to an account, and take new ids')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Take new ids; the old ones are remembered only so that they can be forgotten')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Have servers erase everything under the current and past ids of this machine')
            break
        }
        'decantr;help;telemetry;explain' {
            break
        }
        'decantr;help;telemetry;preview' {
            break
        }
        'decantr;help;telemetry;status' {
            break
        }
        'decantr;help;telemetry;enable' {
            break
        }
        'decantr;help;telemetry;disable' {
            break
        }
        'decantr;help;telemetry;flush' {
            break
        }
        'decantr;help;telemetry;record' {
            break
        }
        'decantr;help;telemetry;log' {
            break
        }
        'decantr;help;telemetry;verify' {
            break
        }
        'decantr;help;telemetry;link' {
            break
        }
        'decantr;help;telemetry;unlink' {
            break
        }
        'decantr;help;telemetry;reset' {
            break
        }
        'decantr;help;telemetry;forget' {
            break
        }
        'decantr;help;analyze' {
            break
        }
        'decantr;help;login' {
            break
        }
        'decantr;help;logout' {
            break
        }
        'decantr;help;whoami' {
            break
        }
        'decantr;help;ops' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run the server that collects events')
            [CompletionResult]::new('digest', 'digest', [CompletionResultType]::ParameterValue, 'Print the executive digest of what was collected, and post it')
            [CompletionResult]::new('weekly-report', 'weekly-report', [CompletionResultType]::ParameterValue, 'Print the weekly report, and post it')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Compute the baseline reports and keep them; `serve` does it every hour')
            [CompletionResult]::new('health', 'health', [CompletionResultType]::ParameterValue, 'Tell whether the baseline reports are fresh, and post it when they are not')
            [CompletionResult]::new('purge', 'purge', [CompletionResultType]::ParameterValue, 'Remove raw events, and the ids in them, that are older than they may be; `serve` does it every day')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Try everything between a sender and a report against a running server')
            [CompletionResult]::new('dashboard', 'dashboard', [CompletionResultType]::ParameterValue, 'Bring the operating dashboard in PostHog, its insights, cohorts and alerts, to what the catalog says')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'Ask one of the named queries of what was collected')
            [CompletionResult]::new('catalog', 'catalog', [CompletionResultType]::ParameterValue, 'Catalogs: what programs may report at all')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Show the whole loop on this machine: serve, enable, analyze, deliver, digest; leaves nothing behind')
            [CompletionResult]::new('org', 'org', [CompletionResultType]::ParameterValue, 'The organisations that keys and links belong to')
            [CompletionResult]::new('user', 'user', [CompletionResultType]::ParameterValue, 'The users that keys and links belong to')
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'API keys')
            [CompletionResult]::new('tail', 'tail', [CompletionResultType]::ParameterValue, 'Show the events as they come, as they are kept')
            [CompletionResult]::new('alias', 'alias', [CompletionResultType]::ParameterValue, 'What ids belong to whom')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Who changed what about whom, newest first')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Erase everything about ids that nobody can prove, and refuse later events with them')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Copy the store, as of one moment, to a new file; a server may be running')
            break
        }
        'decantr;help;ops;serve' {
            break
        }
        'decantr;help;ops;digest' {
            break
        }
        'decantr;help;ops;weekly-report' {
            break
        }
        'decantr;help;ops;snapshot' {
            break
        }
        'decantr;help;ops;health' {
            break
        }
        'decantr;help;ops;purge' {
            break
        }
        'decantr;help;ops;check' {
            break
        }
        'decantr;help;ops;dashboard' {
            break
        }
        'decantr;help;ops;query' {
            break
        }
        'decantr;help;ops;catalog' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Tell whether a catalog is good, and whether it breaks a consent to an older form of it')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what somebody who agreed to OLD would newly send by NEW, and what no longer')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a catalog: its events, and every property with what it can hold')
            break
        }
        'decantr;help;ops;catalog;check' {
            break
        }
        'decantr;help;ops;catalog;diff' {
            break
        }
        'decantr;help;ops;catalog;show' {
            break
        }
        'decantr;help;ops;demo' {
            break
        }
        'decantr;help;ops;org' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add an organisation, so that keys can belong to it; makes the store when it is missing')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the organisations')
            [CompletionResult]::new('flag', 'flag', [CompletionResultType]::ParameterValue, 'Say what an organisation is; its events count as internal from its first one on. Without a flag: nothing any more')
            break
        }
        'decantr;help;ops;org;add' {
            break
        }
        'decantr;help;ops;org;list' {
            break
        }
        'decantr;help;ops;org;flag' {
            break
        }
        'decantr;help;ops;user' {
            [CompletionResult]::new('flag', 'flag', [CompletionResultType]::ParameterValue, 'Say what a user is; their events count as internal from the first one on. Without a flag: nothing any more')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the users that are known')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'End an account: its events stay, and nothing says any more whose they are; its keys go, its links end')
            break
        }
        'decantr;help;ops;user;flag' {
            break
        }
        'decantr;help;ops;user;list' {
            break
        }
        'decantr;help;ops;user;delete' {
            break
        }
        'decantr;help;ops;key' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make an API key and show it, once; makes the store when it is missing')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End a key, in every server process on the store')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the keys, without their secret part, which is not kept')
            break
        }
        'decantr;help;ops;key;create' {
            break
        }
        'decantr;help;ops;key;revoke' {
            break
        }
        'decantr;help;ops;key;list' {
            break
        }
        'decantr;help;ops;tail' {
            break
        }
        'decantr;help;ops;alias' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List what is said about ids')
            [CompletionResult]::new('candidates', 'candidates', [CompletionResultType]::ParameterValue, 'List active ids about which nothing is said, most events first')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Say what an installation, a project or an anonymous visitor is; reports are right at once')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take back what is said about an id')
            break
        }
        'decantr;help;ops;alias;list' {
            break
        }
        'decantr;help;ops;alias;candidates' {
            break
        }
        'decantr;help;ops;alias;set' {
            break
        }
        'decantr;help;ops;alias;remove' {
            break
        }
        'decantr;help;ops;audit' {
            break
        }
        'decantr;help;ops;forget' {
            break
        }
        'decantr;help;ops;backup' {
            break
        }
        'decantr;help;generate' {
            break
        }
        'decantr;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}

/** The shells with completion. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

export type Shell = (typeof shells)[number];

/**
 * The script of a shell. Each asks `pipe complete` with the words up to the cursor and gets one candidate per line, with a tab
 * before its description. A candidate that ends in a slash is a folder: no space follows it.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of pipe: source <(pipe completion bash)
_pipe() {
  # Bash splits words at = and :, which belong to the values here.
  local line=\${COMP_LINE:0:COMP_POINT} words current last
  read -ra words <<<"$line"
  [[ $line == *' ' ]] && words+=('')
  current=\${words[-1]}
  local program=\${words[0]} candidates=() candidate
  while IFS=$'\\t' read -r candidate _; do candidates+=("$candidate"); done \\
    < <("$program" complete -- "\${words[@]:1}" 2>/dev/null)
  # What precedes the last separator is a word of its own for bash.
  last=\${COMP_WORDS[COMP_CWORD]}
  [[ $last == [=:] ]] && last=
  local before=\${current%"$last"}
  COMPREPLY=("\${candidates[@]#"$before"}")
  # Quotes what has spaces, and adds none after a folder.
  compopt -o filenames 2>/dev/null
  return 0
}
complete -F _pipe pipe marketlake
`,
  zsh: `#compdef pipe marketlake
# zsh completion of pipe: source <(pipe completion zsh)
_pipe() {
  local line value description
  local -a values descriptions folders
  while IFS= read -r line; do
    value=\${line%%$'\\t'*}
    description=\${line#*$'\\t'}
    if [[ $value == */ ]]; then folders+=("$value"); continue; fi
    values+=("$value")
    descriptions+=("$value\${description:+  -- $description}")
  done < <("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#folders} )) && compadd -Q -S '' -a folders
  (( \${#values} )) && compadd -Q -l -d descriptions -a values
  return $(( \${#folders} + \${#values} == 0 ))
}
compdef _pipe pipe marketlake
`,
  fish: `# fish completion of pipe: pipe completion fish | source
function __pipe_candidates
    set -l words (commandline -opc) (commandline -ct)
    $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c pipe -f -a '(__pipe_candidates)'
complete -c marketlake -f -a '(__pipe_candidates)'
`,
  powershell: `# PowerShell completion of pipe: pipe completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName pipe, marketlake -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -le $cursorPosition } | ForEach-Object { $_.Extent.Text })
    if ($wordToComplete -eq '') { $words += '""' }
    $program = $words[0]
    $rest = @($words | Select-Object -Skip 1)
    & $program complete '--' @rest 2>$null | ForEach-Object {
        $value, $description = $_ -split "\`t", 2
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
}
`,
};

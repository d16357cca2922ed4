using System.CommandLine;
using ImageTagOperator.Commands.Help;

namespace ImageTagOperator.Commands.Completion;

/// <summary><c>completion</c>: prints a completion script for a shell. The script gets suggestions from the program through the library's
/// directive <c>[suggest:POSITION]</c>.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # bash completion for image-tag-operator and kubectl-imagetags
        _image_tag_operator() {
            local words="${COMP_LINE#"${COMP_WORDS[0]}"}" current="${COMP_WORDS[COMP_CWORD]}"
            words="${words# }"
            local position=$((COMP_POINT - ${#COMP_LINE} + ${#words}))
            local IFS=$'\n'
            # shellcheck disable=SC2207
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$position]" "$words" 2>/dev/null)" -- "$current"))
        }
        complete -o default -F _image_tag_operator image-tag-operator kubectl-imagetags

        """;

    private const string Zsh = """
        #compdef image-tag-operator kubectl-imagetags
        # zsh completion for image-tag-operator and kubectl-imagetags
        _image_tag_operator() {
            local typed="${(j: :)words[2,CURRENT]}"
            local -a suggestions
            suggestions=("${(@f)$("${words[1]}" "[suggest:${#typed}]" "$typed" 2>/dev/null)}")
            compadd -- $suggestions || _files
        }
        compdef _image_tag_operator image-tag-operator kubectl-imagetags

        """;

    private const string Fish = """
        # fish completion for image-tag-operator and kubectl-imagetags
        function __image_tag_operator
            set -l words (commandline -opc)
            set -l typed (string join ' ' -- $words[2..-1] (commandline -ct))
            $words[1] "[suggest:"(string length -- "$typed")"]" "$typed" 2>/dev/null
        end
        for name in image-tag-operator kubectl-imagetags
            complete -c $name -a '(__image_tag_operator)'
        end

        """;

    public static Command Create(CommandContext here)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." }.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new DocumentedCommand("completion", "Print a script that lets a shell complete commands and options.")
        {
            Examples =
            [
                ("for the bash that runs now", "source <({} completion bash)"),
                ("for every zsh", "{} completion zsh > \"${fpath[1]}/_image-tag-operator\""),
                ("for every fish", "{} completion fish > ~/.config/fish/completions/image-tag-operator.fish"),
            ],
        };
        command.Arguments.Add(shell);
        command.SetAction(
            parsed => here.Out.Write((parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }).TrimEnd('\n') + "\n"));
        return command;
    }
}

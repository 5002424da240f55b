# bash completion for sample
_sample() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local place=sample word words= files=
    # `--name=value` comes as three words.
    if [[ $current == = ]]; then
        current=
    elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$place $word" in
        'sample serve' | 'sample job' | 'sample job create' | 'sample job sum' | 'sample completion') place+=" $word" ;;
        esac
    done
    case "$place $previous" in
    'sample --output' | 'sample -o') mapfile -t COMPREPLY < <(compgen -W 'table json' -- "$current"); return ;;
    'sample serve --port' | 'sample serve -p') return ;;
    'sample serve --grace') return ;;
    'sample serve --key') return ;;
    'sample serve --output' | 'sample serve -o') mapfile -t COMPREPLY < <(compgen -W 'table json' -- "$current"); return ;;
    'sample job --output' | 'sample job -o') mapfile -t COMPREPLY < <(compgen -W 'table json' -- "$current"); return ;;
    'sample job create --label') return ;;
    'sample job create --tag' | 'sample job create -t') return ;;
    'sample job create --output' | 'sample job create -o') mapfile -t COMPREPLY < <(compgen -W 'table json' -- "$current"); return ;;
    'sample job sum --output' | 'sample job sum -o') mapfile -t COMPREPLY < <(compgen -W 'table json' -- "$current"); return ;;
    'sample completion --output' | 'sample completion -o') mapfile -t COMPREPLY < <(compgen -W 'table json' -- "$current"); return ;;
    esac
    case "$place" in
    'sample') words='serve job completion --output --verbose --help' ;;
    'sample serve') words='--port --grace --key --output --verbose --help' ;;
    'sample job') words='create sum --output --verbose --help' ;;
    'sample job create') words='--label --tag --output --verbose --help' files=-f ;;
    'sample job sum') words='--output --verbose --help' ;;
    'sample completion') words='bash zsh fish --output --verbose --help' ;;
    esac
    mapfile -t COMPREPLY < <(compgen $files -W "$words" -- "$current")
}
complete -F _sample sample

#compdef sample
_sample() {
    local place=sample word
    local -a candidates
    for word in "${(@)words[2,CURRENT-1]}"; do
        case "$place $word" in
        ('sample serve' | 'sample job' | 'sample job create' | 'sample job sum' | 'sample completion') place+=" $word" ;;
        esac
    done
    case "$place ${words[CURRENT-1]}" in
    ('sample --output' | 'sample -o') compadd -- 'table' 'json'; return ;;
    ('sample serve --port' | 'sample serve -p') return ;;
    ('sample serve --grace') return ;;
    ('sample serve --key') return ;;
    ('sample serve --output' | 'sample serve -o') compadd -- 'table' 'json'; return ;;
    ('sample job --output' | 'sample job -o') compadd -- 'table' 'json'; return ;;
    ('sample job create --label') return ;;
    ('sample job create --tag' | 'sample job create -t') return ;;
    ('sample job create --output' | 'sample job create -o') compadd -- 'table' 'json'; return ;;
    ('sample job sum --output' | 'sample job sum -o') compadd -- 'table' 'json'; return ;;
    ('sample completion --output' | 'sample completion -o') compadd -- 'table' 'json'; return ;;
    esac
    case "$place" in
    ('sample') candidates=('serve:run the service' 'job:work with jobs' 'completion:print a script that completes commands in a shell' '--output:how results are written' '--verbose:tell what is done' '--help:show help') ;;
    ('sample serve') candidates=('--port:the port to listen on' '--grace:how long requests in flight may take to end when the service stops' '--key:the key that seals secrets' '--output:how results are written' '--verbose:tell what is done' '--help:show help') ;;
    ('sample job') candidates=('create:create a job' 'sum:add numbers: all of them' '--output:how results are written' '--verbose:tell what is done' '--help:show help') ;;
    ('sample job create') candidates=('--label:a label' '--tag:a tag of the job' '--output:how results are written' '--verbose:tell what is done' '--help:show help'); _files ;;
    ('sample job sum') candidates=('--output:how results are written' '--verbose:tell what is done' '--help:show help') ;;
    ('sample completion') candidates=('bash' 'zsh' 'fish' '--output:how results are written' '--verbose:tell what is done' '--help:show help') ;;
    esac
    _describe 'sample' candidates
}
compdef _sample sample

# fish completion for sample
function __sample_place
    set -l place sample
    for word in (commandline -opc)[2..]
        if contains -- "$place $word" 'sample serve' 'sample job' 'sample job create' 'sample job sum' 'sample completion'
            set place "$place $word"
        end
    end
    echo $place
end
complete -c sample -f
complete -c sample -s h -l help -d 'show help'
complete -c sample -n 'test (__sample_place) = "sample"' -a serve -d 'run the service'
complete -c sample -n 'test (__sample_place) = "sample"' -a job -d 'work with jobs'
complete -c sample -n 'test (__sample_place) = "sample"' -a completion -d 'print a script that completes commands in a shell'
complete -c sample -n 'test (__sample_place) = "sample"' -l output -s o -x -a 'table json' -d 'how results are written'
complete -c sample -n 'test (__sample_place) = "sample"' -l verbose -s v -d 'tell what is done'
complete -c sample -n 'test (__sample_place) = "sample serve"' -l port -s p -x -d 'the port to listen on'
complete -c sample -n 'test (__sample_place) = "sample serve"' -l grace -x -d 'how long requests in flight may take to end when the service stops'
complete -c sample -n 'test (__sample_place) = "sample serve"' -l key -x -d 'the key that seals secrets'
complete -c sample -n 'test (__sample_place) = "sample serve"' -l output -s o -x -a 'table json' -d 'how results are written'
complete -c sample -n 'test (__sample_place) = "sample serve"' -l verbose -s v -d 'tell what is done'
complete -c sample -n 'test (__sample_place) = "sample job"' -a create -d 'create a job'
complete -c sample -n 'test (__sample_place) = "sample job"' -a sum -d 'add numbers: all of them'
complete -c sample -n 'test (__sample_place) = "sample job"' -l output -s o -x -a 'table json' -d 'how results are written'
complete -c sample -n 'test (__sample_place) = "sample job"' -l verbose -s v -d 'tell what is done'
complete -c sample -n 'test (__sample_place) = "sample job create"' -l label -x -d 'a label'
complete -c sample -n 'test (__sample_place) = "sample job create"' -l tag -s t -x -d 'a tag of the job'
complete -c sample -n 'test (__sample_place) = "sample job create"' -l output -s o -x -a 'table json' -d 'how results are written'
complete -c sample -n 'test (__sample_place) = "sample job create"' -l verbose -s v -d 'tell what is done'
complete -c sample -n 'test (__sample_place) = "sample job create"' -F
complete -c sample -n 'test (__sample_place) = "sample job sum"' -l output -s o -x -a 'table json' -d 'how results are written'
complete -c sample -n 'test (__sample_place) = "sample job sum"' -l verbose -s v -d 'tell what is done'
complete -c sample -n 'test (__sample_place) = "sample completion"' -l output -s o -x -a 'table json' -d 'how results are written'
complete -c sample -n 'test (__sample_place) = "sample completion"' -l verbose -s v -d 'tell what is done'
complete -c sample -n 'test (__sample_place) = "sample completion"' -a 'bash zsh fish'

# fish completion for cairnutl; generated, see `cairnutl completion --help`.

# Whether the commands typed so far are $argv[1] ("snapshot/restore").
function __cairnutl_at
    set -l path ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case --data-dir --progress --rev --timeout --write-out -w
                set skip 1
            case '-*'
            case '*'
                set -l next $path/$word
                if test -z "$path"
                    set next $word
                end
                if contains -- $next completion defrag hashkv help snapshot snapshot/status version
                    set path $next
                end
        end
    end
    test "$path" = "$argv[1]"
end

complete -c cairnutl -f
complete -c cairnutl -l help -s h -d 'help'
complete -c cairnutl -n '__cairnutl_at ""' -a completion -d 'Generate completion script'
complete -c cairnutl -n '__cairnutl_at ""' -a defrag -d 'Defragments the storage of the etcd'
complete -c cairnutl -n '__cairnutl_at ""' -a hashkv -d 'Prints the KV history hash of a given file'
complete -c cairnutl -n '__cairnutl_at ""' -a help -d 'Help about any command'
complete -c cairnutl -n '__cairnutl_at ""' -a snapshot -d 'Manages etcd node snapshots'
complete -c cairnutl -n '__cairnutl_at ""' -a version -d 'Prints the version of the program'
complete -c cairnutl -l progress -x -a 'bar plain none' -d 'how progress is shown: bar, plain or none (default: bar on a terminal)'
complete -c cairnutl -l timeout -x -d 'time to wait to obtain a file lock on db file, 0 to block indefinitely'
complete -c cairnutl -l write-out -s w -x -a 'fields json protobuf simple table' -d 'set the output format (fields, json, protobuf, simple, table)'
complete -c cairnutl -n '__cairnutl_at "completion"' -a 'bash zsh fish powershell'
complete -c cairnutl -n '__cairnutl_at "defrag"' -l data-dir -x -a '(__fish_complete_directories)' -d 'Required. Defragments a data directory not in use by etcd.'
complete -c cairnutl -n '__cairnutl_at "hashkv"' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "hashkv"' -l rev -x -d 'maximum revision to hash (default: latest revision)'
complete -c cairnutl -n '__cairnutl_at "snapshot"' -a status -d 'Gets backend snapshot status of a given file'
complete -c cairnutl -n '__cairnutl_at "snapshot/status"' -a '(__fish_complete_suffix .db)'

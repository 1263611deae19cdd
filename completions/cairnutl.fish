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
            case --progress --timeout --write-out -w
                set skip 1
            case '-*'
            case '*'
                set -l next $path/$word
                if test -z "$path"
                    set next $word
                end
                if contains -- $next completion help version
                    set path $next
                end
        end
    end
    test "$path" = "$argv[1]"
end

complete -c cairnutl -f
complete -c cairnutl -l help -s h -d 'help'
complete -c cairnutl -n '__cairnutl_at ""' -a completion -d 'Generate completion script'
complete -c cairnutl -n '__cairnutl_at ""' -a help -d 'Help about any command'
complete -c cairnutl -n '__cairnutl_at ""' -a version -d 'Prints the version of the program'
complete -c cairnutl -l progress -x -a 'bar plain none' -d 'show how far long work is: bar, plain or none (default bar on a terminal, else none)'
complete -c cairnutl -l timeout -x -d 'time to wait to obtain a file lock on db file, 0 to block indefinitely'
complete -c cairnutl -l write-out -s w -x -a 'fields json protobuf simple table' -d 'set the output format (fields, json, protobuf, simple, table)'
complete -c cairnutl -n '__cairnutl_at "completion"' -a 'bash zsh fish powershell'

# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of droverctl for bash. Asks no host: host names are those that stand in the fleet file.

_droverctl()
{
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= fleet= word i
    local commands="hosts instances show targets check migrate jobs watch cancel set-bandwidth set-downtime postcopy pause doctor enable disable"
    local options="--fleet --store --demo --demo-speed --json --quiet --verbose --no-color --read-only --wait --yes --help --version"
    local migration="--kind --bandwidth --downtime --auto-converge --auto-converge-initial --auto-converge-increment --postcopy --postcopy-bandwidth --parallel --compress --tls --tunnelled --direct --disks --timeout --on-timeout --no-persist --keep-source --allow-cold --shutdown-timeout --media --source-disks --cross-zone --accept --policy"
    local arguments=0
    fleet=${XDG_CONFIG_HOME:-$HOME/.config}/drover/fleet.json

    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
            --fleet) fleet=${COMP_WORDS[i + 1]} ;;
            -*) ;;
            *)
                case ${COMP_WORDS[i - 1]} in
                    --fleet | --store | --demo-speed | --wait | --kind | --shutdown-timeout | --media | --source-disks | --postcopy-bandwidth | --parallel | --compress | --disks | --timeout | --on-timeout | --bandwidth | --downtime | --accept | --policy | --host | --project | --state | --reason | --auto-converge-*) ;;
                    *)
                        if [[ -z $command && " $commands " == *" $word "* ]]; then
                            command=$word
                        elif [[ -n $command ]]; then
                            arguments=$((arguments + 1))
                        fi
                        ;;
                esac
                ;;
        esac
    done

    case $previous in
        --fleet | --store)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return
            ;;
        --demo)
            mapfile -t COMPREPLY < <(compgen -W "list small datacenter large $commands" -- "$current")
            return
            ;;
        --kind)
            mapfile -t COMPREPLY < <(compgen -W "auto live live-block cold offline" -- "$current")
            return
            ;;
        --media)
            mapfile -t COMPREPLY < <(compgen -W "copy eject" -- "$current")
            return
            ;;
        --source-disks)
            mapfile -t COMPREPLY < <(compgen -W "keep remove" -- "$current")
            return
            ;;
        --on-timeout)
            mapfile -t COMPREPLY < <(compgen -W "abort pause postcopy" -- "$current")
            return
            ;;
        --compress)
            mapfile -t COMPREPLY < <(compgen -W "xbzrle mt" -- "$current")
            return
            ;;
        --policy)
            mapfile -t COMPREPLY < <(compgen -W "none" -- "$current")
            return
            ;;
        --accept)
            mapfile -t COMPREPLY < <(compgen -W "state same-host placement capacity cpu storage channel identity permission" -- "$current")
            return
            ;;
        --state)
            mapfile -t COMPREPLY < <(compgen -W "running paused shutoff crashed suspended shutting-down unknown" -- "$current")
            return
            ;;
        --demo-speed | --wait | --bandwidth | --downtime | --project | --reason | --auto-converge-initial | --auto-converge-increment)
            return
            ;;
    esac

    if [[ $current == -* ]]; then
        case $command in
            migrate | check) options="$options $migration" ;;
            instances) options="$options --host --project --state" ;;
            disable) options="$options --reason" ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
        return
    fi
    if [[ -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
        return
    fi
    local hosts=
    if [[ $previous == --host || $command == hosts || $command == doctor || $command == enable || $command == disable ||
        ($arguments -eq 1 && ($command == migrate || $command == check)) ]]; then
        [[ -r $fleet ]] && hosts=$(grep -o '"name"[[:space:]]*:[[:space:]]*"[^"]*"' -- "$fleet" | sed 's/.*"\([^"]*\)"$/\1/')
        mapfile -t COMPREPLY < <(compgen -W "$hosts" -- "$current")
    fi
}

complete -F _droverctl droverctl

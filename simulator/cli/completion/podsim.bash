# Completion of podsim for bash. Where podsim has nothing to offer, bash completes files as it does without this script.
_podsim_completion() {
    local answer value
    COMPREPLY=()
    answer=$(_PODSIM_COMPLETE=bash "$1" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null) || return 0
    if [[ -z $answer || $answer == files ]]; then return 0; fi
    while IFS= read -r value; do
        COMPREPLY+=("$value")
    done <<< "$answer"
}
complete -o bashdefault -o default -F _podsim_completion podsim

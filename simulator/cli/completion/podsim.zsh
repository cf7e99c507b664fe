# Completion of podsim for zsh. Where podsim has nothing to offer, zsh completes files as it does without this script.
_podsim() {
    local -a answer described
    local line
    answer=("${(@f)$(_PODSIM_COMPLETE=zsh "${words[1]}" "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    if (( $#answer < 2 )); then
        if [[ $PREFIX == --*=* ]]; then compset -P '*='; fi
        _files
        return
    fi
    # The first line is what stands before the value in the same word.
    if [[ -n $answer[1] ]]; then compset -P '*='; fi
    for line in "${(@)answer[2,-1]}"; do
        described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    _describe -V podsim described
}
if (( $+functions[compdef] )); then compdef _podsim podsim; fi

# Completion of podsim for fish. Where podsim has nothing to offer, fish completes files as it does without this script.
function _podsim_asks
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -g _podsim_answer (_PODSIM_COMPLETE=fish $words[1] $words[2..-1] "$typed" 2>/dev/null)
    set -q _podsim_answer[1]; and test "$_podsim_answer[1]" != files
end
complete -c podsim -f -n _podsim_asks -a '(string join \n -- $_podsim_answer)'
complete -c podsim -F -n 'not _podsim_asks'

package speech

var help, commands, outputs, problems, libraries map[string]string

package elder

// idLength is the number of characters of a citizen identity number.
const idLength = 18

// HideIDNumbers is a text with all but the last four characters of every citizen identity number in it made unreadable.
func HideIDNumbers(text string) string {
	shown := []byte(text)
	for i := 0; i+idLength <= len(text); i++ {
		if _, err := birthDateOfID(text[i : i+idLength]); err != nil {
			continue
		}
		for j := i; j < i+idLength-4; j++ {
			shown[j] = '*'
		}
	}
	return string(shown)
}

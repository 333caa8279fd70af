package serve

import (
	"embed"
	"net/http"
)

// pages are the files of the page.
//
//go:embed page
var pages embed.FS

// page shows what people see at the root.
func page(w http.ResponseWriter, _ *http.Request) error {
	content, err := pages.ReadFile("page/index.html")
	if err != nil {
		return err
	}
	return formHTML.send(w, content)
}

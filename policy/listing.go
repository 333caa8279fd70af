package policy

// Listing describes the list of a jurisdiction without its services.
type Listing struct {
	Jurisdiction
	Document      string `json:"document"` // the number, or the title where there is none
	Title         string `json:"title"`
	EffectiveFrom Date   `json:"effective_from"`
	Assumed       string `json:"effective_from_assumed,omitempty"`
	InForce       bool   `json:"in_force"`
	Basis         Basis  `json:"basis"`
	Items         int    `json:"items"`    // printed item numbers
	Services      int    `json:"services"` // two services may share an item
}

// NewListing describes a list as it is on a day.
func NewListing(list *List, on Date) Listing {
	items := map[string]bool{}
	for _, s := range list.Services {
		items[s.Item] = true
	}
	l := Listing{
		Jurisdiction: list.Jurisdiction, Document: list.Document.Number, Title: list.Document.Title,
		EffectiveFrom: list.EffectiveFrom, Assumed: list.EffectiveFromAssumed, InForce: !list.EffectiveFrom.After(on),
		Basis: list.Document.Basis, Items: len(items), Services: len(list.Services),
	}
	if l.Document == "" {
		l.Document = l.Title
	}
	return l
}

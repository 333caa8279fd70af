package summary

import (
	"math/rand/v2"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/effort"
)

// town is elders drawn at random, by group, service and status, and what each service pays.
type town struct {
	amounts   []int64      // yuan a month of each service; 0 of one that pays nothing
	status    [][][4]int64 // by group and service
	undecided []int64
	groups    []Group
	total     Group
}

func newTown(random *rand.Rand) *town {
	w := &town{amounts: []int64{300, 70 * random.Int64N(2), 0}, total: Group{Name: "all"}}
	w.total.Services = w.services()
	for range 1 + random.IntN(5) {
		g := Group{Name: "g", Services: w.services()}
		w.status, w.undecided = append(w.status, make([][4]int64, len(w.amounts))), append(w.undecided, 0)
		often := random.IntN(40)
		for range 1 + random.IntN(60)*random.IntN(2) {
			one := Group{Elders: 1, Services: w.services()}
			for i := range one.Services {
				status := 3
				if random.IntN(40) < often {
					status = random.IntN(4)
				}
				w.status[len(w.status)-1][i][status]++
				one.have(i, status, w.amounts[i])
			}
			one.Monthly = cash{one.sum(0), one.sum(1), min(1, one.sum(0)), min(1, one.sum(1)), 0}.money()
			w.undecided[len(w.undecided)-1] += one.Undecided
			g.join(one)
		}
		w.groups = append(w.groups, g)
		w.total.join(g)
	}
	return w
}

func (w *town) services() []Service {
	all := make([]Service, len(w.amounts))
	for i, amount := range w.amounts {
		all[i] = Service{Cash: amount > 0, Monthly: cash{}.money()}
	}
	return all
}

// have says what somebody has of a service.
func (g *Group) have(service, status int, yuan int64) {
	s, fen := &g.Services[service], 100*yuan
	switch status {
	case entitled:
		s.Entitled, s.Monthly = 1, cash{fen, fen, min(1, fen), min(1, fen), 0}.money()
	case possible:
		s.Possible, s.Monthly, g.Undecided = 1, cash{0, fen, 0, min(1, fen), 0}.money(), 1
	case discretionary:
		s.Discretionary = 1
	default:
		s.Not = 1
	}
}

// sum returns the money of all services, in fen: what is certain, or what it is at most.
func (g *Group) sum(which int) (fen int64) {
	for _, s := range g.Services {
		fen += []int64{s.Monthly.Certain.Hundredths(), s.Monthly.UpTo.Hundredths()}[which]
	}
	return fen
}

func (g *Group) join(h Group) {
	add := func(m *Money, n Money) {
		*m = Money{m.Certain.Add(n.Certain), m.UpTo.Add(n.UpTo), m.Paid + n.Paid, m.May + n.May, 0}
	}
	g.Elders, g.Undecided = g.Elders+h.Elders, g.Undecided+h.Undecided
	add(&g.Monthly, h.Monthly)
	for i, s := range h.Services {
		to := &g.Services[i]
		to.Entitled, to.Possible = to.Entitled+s.Entitled, to.Possible+s.Possible
		to.Discretionary, to.Not = to.Discretionary+s.Discretionary, to.Not+s.Not
		add(&to.Monthly, s.Monthly)
	}
}

// told is a figure as a reader of the page has it: a sum of unknowns with weights.
type told struct {
	weights []int64
	n       int64
	hidden  bool
}

// on returns which group of a page each group of a town is in.
func (w *town) on(p *public) []int {
	var places []int
	next := 0
	for _, g := range w.groups {
		if g.Elders < p.least {
			places = append(places, len(p.byAge.groups)-1)
			continue
		}
		places = append(places, next)
		next++
	}
	return places
}

// told returns the figures of a page, and how many are in each small group, which it does not have.
// Of each group the unknowns are how many have what of each service, how many are undecided, and
// how many they are.
func (w *town) told(p *public) []told {
	width := 4*len(w.amounts) + 2
	var all []told
	on := w.on(p)
	tell := func(f figure, group int, weigh func(of []int64)) {
		one := told{make([]int64, width*len(w.groups)), f.n, f.hidden}
		for g := range w.groups {
			if group < 0 || on[g] == group {
				weigh(one.weights[g*width : (g+1)*width])
			}
		}
		all = append(all, one)
	}
	money := func(m sum, group int, services ...int) {
		for _, upTo := range []bool{false, true} {
			tell(figure{m.n, m.hidden}, group, func(of []int64) {
				for _, i := range services {
					of[4*i] = w.amounts[i]
					if upTo {
						of[4*i+1] = w.amounts[i]
					}
				}
			})
		}
	}
	at := func(place int) func([]int64) { return func(of []int64) { of[place] = 1 } }
	groups := p.byAge.groups
	for g := -1; g < len(groups); g++ {
		elders, undecided, paid := p.elders, p.undecided, p.monthly
		if g >= 0 {
			elders, undecided, paid = groups[g].elders, groups[g].undecided, groups[g].money
		}
		tell(elders, g, at(width-1))
		tell(undecided, g, at(width-2))
		money(paid, g, 0, 1, 2)
		for i := range w.amounts {
			if g >= 0 {
				tell(groups[g].entitled[i], g, at(4*i))
				tell(figure{}, g, func(of []int64) { of[4*i], of[4*i+1], of[4*i+2], of[4*i+3], of[width-1] = 1, 1, 1, 1, -1 })
				continue
			}
			money(p.services[i].money, g, i)
			for status, f := range p.services[i].status {
				tell(f, g, at(4*i+status))
			}
		}
	}
	for g, of := range w.groups {
		if of.Elders < p.least {
			one := told{make([]int64, width*len(w.groups)), of.Elders, true}
			one.weights[(g+1)*width-1] = 1
			all = append(all, one)
		}
	}
	return all
}

// solved are equations, each reduced by those before, by the unknown that it begins with.
type solved map[int][]int64

// prime is that of the field in which equations are solved.
const prime = 1<<31 - 1

// reduce takes out of an equation what others say, and returns where what is left begins; -1 when
// nothing is left.
func (s solved) reduce(row []int64) int {
	for i := range row {
		row[i] = (row[i]%prime + prime) % prime
		if row[i] == 0 {
			continue
		}
		known, ok := s[i]
		if !ok {
			return i
		}
		for j := len(row) - 1; j >= i; j-- {
			row[j] = ((row[j]-row[i]*known[j])%prime + prime) % prime
		}
	}
	return -1
}

func (s solved) add(row []int64) {
	at := s.reduce(row)
	if at < 0 {
		return
	}
	inverse, power := int64(1), row[at]
	for n := prime - 2; n > 0; n /= 2 {
		if n%2 == 1 {
			inverse = inverse * power % prime
		}
		power = power * power % prime
	}
	for i := range row {
		row[i] = (row[i]%prime + prime) % prime * inverse % prime
	}
	s[at] = row
}

// Whoever solves all equations that a page gives finds no hidden figure of few elders, knowing what
// each service pays. Where a count of what pays is hidden, so is the money.
func TestPageCannotBeSolved(t *testing.T) {
	random, hidden, shown := rand.New(rand.NewPCG(6, 7)), 0, 0
	const least = 5
	for range effort.Of(500, 500, 10_000) {
		w := newTown(random)
		p := publish(&Summary{Total: w.total, ByAge: w.groups}, least)
		all, known := w.told(p), solved{}
		for _, one := range all {
			if !one.hidden {
				known.add(append([]int64{}, one.weights...))
			}
		}
		for _, one := range all {
			few := 0 < one.n && one.n < least
			switch {
			case few && !one.hidden:
				t.Fatalf("a figure of %d is shown: %+v", one.n, w)
			case few && known.reduce(append([]int64{}, one.weights...)) < 0:
				t.Fatalf("a hidden figure of %d can be worked out: %+v", one.n, w)
			case one.hidden:
				hidden++
			default:
				shown++
			}
		}
		if !p.monthly.hidden && (p.undecided.hidden || p.services[0].status[0].hidden || p.services[0].status[1].hidden) && p.services[0].pays() {
			t.Fatalf("the money of all is shown: %+v", w)
		}
		for _, g := range p.byAge.groups {
			if !g.money.hidden && (g.undecided.hidden || p.hidesCash(&g)) {
				t.Fatalf("the money of a group is shown: %+v", w)
			}
		}
	}
	if hidden == 0 || shown < hidden/10 {
		t.Errorf("%d figures are hidden and %d shown", hidden, shown)
	}
	t.Logf("%d figures are hidden and %d shown", hidden, shown)
}

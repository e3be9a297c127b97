// Command users measures pages of `users` among a million accounts on PostgreSQL or SQLite: with each filter, in each order,
// at the beginning, in the middle and at the end, and once with totalCount. The bars are 50 ms for 95 of 100 pages, and
// 300 ms with totalCount.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
	"authgraph/internal/pgtest"
)

// row is what the pages of one list took.
type row struct {
	Filter, Order string
	First         time.Duration // the median of the first page
	Middle, Last  time.Duration // times of other pages, in both directions
	P95, Slowest  time.Duration // times of all requests without a count
	Counted       time.Duration // the median of the first page with totalCount
}

func main() {
	accounts := flag.Int("accounts", 1_000_000, "how many there are")
	driver := flag.String("database", "postgres", "postgres or sqlite")
	times := flag.Int("times", 15, "how often each page is asked for")
	file := flag.String("json", "", "a file for the figures as JSON")
	flag.Parse()
	if err := run(*driver, *accounts, *times, *file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(driver string, accounts, times int, file string) (err error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "authgraph-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	database, environ := filepath.Join(dir, "authgraph.db"), []string{"AUTHGRAPH_DATA_DIR=" + dir}
	if driver == "postgres" {
		cluster, err := pgtest.Genuine()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, cluster.Close()) }()
		if database, err = cluster.Create(); err != nil {
			return err
		}
		environ = []string{"DATABASE_URL=" + database}
	}
	program, err := target.Build(ctx, dir)
	if err != nil {
		return err
	}
	server, err := target.Start(ctx, dir, "authgraph", append(append(target.Production(dir), environ...),
		"AUTHGRAPH_BCRYPT_COST=10"), "/readyz", program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	token, err := server.Register("root@example.com")
	if err != nil {
		return err
	}
	if err := fill(ctx, driver, database, accounts); err != nil {
		return fmt.Errorf("filling the database: %w", err)
	}
	if err := indexed(ctx, driver, database); err != nil {
		return err
	}
	rows, err := measure(server, token, times)
	if err != nil {
		return err
	}
	return print(rows, accounts, file)
}

// filters are those of the measurement; fill makes accounts for them.
var filters = []struct{ name, literal string }{
	{"none", `{}`},
	{"query: a twelfth", `{query: "a"}`},
	{"query: one in three hundred", `{query: "anna.k"}`},
	{"query: 50 accounts", `{query: "rare"}`},
	{"query: half, by name", `{query: "quill"}`},
	{"query: a twentieth, by name", `{query: "quill 12"}`},
	{"query: none", `{query: "nobody.has.this"}`},
	{"query: the newest twentieth", `{query: "imported"}`},
	{"role: everybody's", `{role: "user"}`},
	{"role: one in a hundred", `{role: "staff"}`},
	{"role: 20 accounts", `{role: "few"}`},
	{"suspended", `{suspended: true}`},
	{"not suspended", `{suspended: false}`},
	{"all three", `{query: "a", role: "staff", suspended: false}`},
	{"query: four fifths", `{query: "com"}`},
	{"query: two frequent", `{query: "an ma"}`},
	{"query: two of one half", `{query: "ma sch"}`},
	{"query: rare and frequent", `{query: "rare com"}`},
	{"query: two that exclude each other", `{query: "com org"}`},
	{"query: a whole address", `{query: "rare7@example.com"}`},
	{"frequent, suspended", `{query: "com", suspended: true}`},
	{"two frequent, staff", `{query: "an ma", role: "staff"}`},
	{"query: one letter", `{query: "k"}`},
	{"query: one digit", `{query: "1"}`},
	{"query: four letters", `{query: "c e f g"}`},
	{"query: the newest twentieth and four fifths", `{query: "imported com"}`},
	{"query: half, by name, and a fifth", `{query: "quill org"}`},
	{"query: 900 accounts", `{query: "anna koch"}`},
	{"query: four fifths twice, everybody's role", `{query: "example com", role: "user"}`},
	{"the newest twentieth, suspended", `{query: "imported", suspended: true}`},
}

var orders = []string{"CREATED_AT, direction: ASC", "CREATED_AT, direction: DESC", "EMAIL, direction: ASC", "EMAIL, direction: DESC",
	"NAME, direction: ASC", "NAME, direction: DESC", "LAST_SIGN_IN, direction: ASC", "LAST_SIGN_IN, direction: DESC"}

func measure(server *target.Server, token string, times int) (rows []row, err error) {
	for _, order := range orders {
		middle, err := middleOf(server, token, order)
		if err != nil {
			return nil, err
		}
		for _, f := range filters {
			r := row{Filter: f.name, Order: order}
			var all []time.Duration
			ask := func(page, count string) (time.Duration, []time.Duration, error) {
				var took []time.Duration
				for range times {
					began := time.Now()
					if _, err := list(server, token, page+`, filter: `+f.literal+`, orderBy: {field: `+order+`}`, count); err != nil {
						return 0, nil, err
					}
					took = append(took, time.Since(began))
				}
				p50, _, _ := load.Summary(slices.Clone(took))
				return p50, took, nil
			}
			var pages [4]time.Duration
			for i, page := range []string{
				`first: 20`, `first: 20, after: "` + middle + `"`, `last: 20, before: "` + middle + `"`, `last: 20`,
			} {
				var took []time.Duration
				if pages[i], took, err = ask(page, ""); err != nil {
					return nil, err
				}
				all = append(all, took...)
			}
			if r.Counted, _, err = ask(`first: 20`, "totalCount"); err != nil {
				return nil, err
			}
			slices.Sort(all)
			r.P95, r.Slowest = all[len(all)*95/100], all[len(all)-1]
			r.First, r.Middle, r.Last = pages[0], max(pages[1], pages[2]), pages[3]
			rows = append(rows, r)
		}
		_, _ = fmt.Fprintf(os.Stderr, "%s: done\n", order)
	}
	return rows, nil
}

// middleOf returns a cursor from the middle of a list: cursors hold for every filter.
func middleOf(server *target.Server, token, order string) (string, error) {
	page, err := list(server, token, `first: 1, filter: {query: "middle"}, orderBy: {field: `+order+`}`, "")
	if err != nil || len(page.Edges) == 0 {
		return "", errors.Join(err, errors.New("there is no account in the middle"))
	}
	return page.Edges[0].Cursor, nil
}

type page struct{ Edges []struct{ Cursor string } }

func list(server *target.Server, token, arguments, count string) (page, error) {
	body, err := server.Query(`{ users(`+arguments+`) { edges { cursor node { id email roles } }
		pageInfo { hasNextPage hasPreviousPage } `+count+` } }`, token, nil)
	if err != nil {
		return page{}, err
	}
	var got struct {
		Data   struct{ Users page }
		Errors []any
	}
	if err := json.Unmarshal(body, &got); err != nil || len(got.Errors) > 0 {
		return page{}, fmt.Errorf("users answered %s", body)
	}
	return got.Data.Users, nil
}

func print(rows []row, accounts int, file string) error {
	fmt.Printf("pages of 20 among %d accounts; medians\n\n", accounts)
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "filter\torder\tfirst\tmiddle\tlast\tp95\tslowest\twith totalCount")
	round := func(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
	for _, r := range rows {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%v\t%v\t%v\t%v\t%v\t%v\n", r.Filter, r.Order, round(r.First), round(r.Middle),
			round(r.Last), round(r.P95), round(r.Slowest), round(r.Counted))
	}
	if err := t.Flush(); err != nil || file == "" {
		return err
	}
	data, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}

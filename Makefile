.PHONY: test race lint generate rename web ci

test:
	go test ./...

race:
	go test -race ./...

lint:
	golangci-lint run

generate:
	go generate ./...

# rename gives the module another path: make rename MODULE=example.com/you/authgraph
rename:
	go run ./internal/rename '$(MODULE)'

web:
	cd web && npm ci && npm run check && npm run build

ci:
	bash .ci/run

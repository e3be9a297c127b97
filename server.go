// Command authgraph serves accounts and authorization for GraphQL. Its commands are in internal/cli.
package main

import "authgraph/internal/cli"

func main() { cli.Main() }

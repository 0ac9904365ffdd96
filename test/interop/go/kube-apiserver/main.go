// Command kube-apiserver is the real API server, built from its library so
// that it can be had with nothing but the Go toolchain.
package main

import (
	"os"
	_ "time/tzdata" // the time zones of CronJobs, on machines without any

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	os.Exit(cli.Run(app.NewAPIServerCommand()))
}

// The part of a kube-apiserver that serves custom resources, as a program of its own: all of k8s.io/apiextensions-apiserver,
// and what a client needs to find it. Who calls is not asked, and everything is allowed: it is for tests, on loopback.
package main

import (
	"net"
	"net/http"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apiextensions-apiserver/pkg/cmd/server/options"
	generatedopenapi "k8s.io/apiextensions-apiserver/pkg/generated/openapi"
	"k8s.io/apiserver/pkg/authentication/request/anonymous"
	"k8s.io/apiserver/pkg/endpoints/discovery/aggregated"
	openapinamer "k8s.io/apiserver/pkg/endpoints/openapi"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/util/openapi"
	"k8s.io/apiserver/pkg/util/webhook"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/component-base/cli"

	"github.com/spf13/cobra"
)

func main() {
	o := options.NewCustomResourceDefinitionsServerOptions(os.Stdout, os.Stderr)
	// Each of these asks another API server, which is not there.
	o.RecommendedOptions.Authentication = nil
	o.RecommendedOptions.Authorization = nil
	o.RecommendedOptions.CoreAPI = nil
	o.RecommendedOptions.Admission = nil
	o.RecommendedOptions.Features.EnablePriorityAndFairness = false

	command := &cobra.Command{
		Use:               "apiserver",
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return o.ServerRunOptions.ComponentGlobalsRegistry.Set() },
		RunE:              func(*cobra.Command, []string) error { return serve(o) },
	}
	o.AddFlags(command.Flags())
	os.Exit(cli.Run(command))
}

func serve(o *options.CustomResourceDefinitionsServerOptions) error {
	if err := o.Complete(); err != nil {
		return err
	}
	if err := o.Validate(); err != nil {
		return err
	}
	recommended := o.RecommendedOptions
	loopback := []net.IP{net.IPv4(127, 0, 0, 1)}
	if err := recommended.SecureServing.MaybeDefaultWithSelfSignedCerts("localhost", nil, loopback); err != nil {
		return err
	}

	generic := genericapiserver.NewRecommendedConfig(apiserver.Codecs)
	if err := o.ServerRunOptions.ApplyTo(&generic.Config); err != nil {
		return err
	}
	if err := recommended.ApplyTo(generic); err != nil {
		return err
	}
	defaults := apiserver.DefaultAPIResourceConfigSource()
	if err := o.APIEnablement.ApplyTo(&generic.Config, defaults, apiserver.Scheme); err != nil {
		return err
	}
	generic.Authentication.Authenticator = anonymous.NewAuthenticator(nil)
	definitions := openapi.GetOpenAPIDefinitionsWithoutDisabledFeatures(generatedopenapi.GetOpenAPIDefinitions)
	namer := openapinamer.NewDefinitionNamer(apiserver.Scheme, scheme.Scheme)
	generic.OpenAPIConfig = genericapiserver.DefaultOpenAPIConfig(definitions, namer)
	generic.OpenAPIV3Config = genericapiserver.DefaultOpenAPIV3Config(definitions, namer)

	config := &apiserver.Config{
		GenericConfig: generic,
		ExtraConfig: apiserver.ExtraConfig{
			CRDRESTOptionsGetter: options.NewCRDRESTOptionsGetter(
				*recommended.Etcd, generic.ResourceTransformers, generic.StorageObjectCountTracker),
			MasterCount:     1,
			ServiceResolver: webhook.NewDefaultServiceResolver(),
		},
	}
	built, err := config.Complete().New(genericapiserver.NewEmptyDelegate())
	if err != nil {
		return err
	}

	// In a cluster it is the aggregator that answers these two. kubectl asks for the aggregated form, and gets no other here.
	server := built.GenericAPIServer
	mux := server.Handler.NonGoRestfulMux
	mux.Unregister("/apis")
	for path, groups := range map[string]aggregated.ResourceManager{
		"/apis": server.AggregatedDiscoveryGroupManager,
		"/api":  aggregated.NewResourceManager("api"),
	} {
		mux.Handle(path, aggregated.WrapAggregatedDiscoveryToHandler(http.NotFoundHandler(), groups, nil))
	}
	return server.PrepareRun().RunWithContext(genericapiserver.SetupSignalContext())
}

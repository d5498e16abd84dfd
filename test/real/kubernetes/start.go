package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	api "k8s.io/client-go/tools/clientcmd/api"
)

const (
	adminToken = "token-of-the-admin"
	guestToken = "token-of-the-guest"
)

// start runs until it is told to stop, or until whoever started it closes its input: nothing is left behind when the tests die.
func start(ctx context.Context, folder string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	etcd, err := startEtcd(filepath.Join(folder, "etcd"))
	if err != nil {
		return err
	}
	defer etcd.Close()
	keyFile, err := writeKey(folder)
	if err != nil {
		return err
	}
	tokens := filepath.Join(folder, "tokens.csv")
	lines := adminToken + ",admin,admin,system:masters\n" + guestToken + ",guest,guest\n"
	if err := os.WriteFile(tokens, []byte(lines), 0o600); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	apiserver, err := spawn(folder, "apiserver",
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", port),
		"--etcd-servers=http://"+etcd.Clients[0].Addr().String(),
		"--cert-dir="+filepath.Join(folder, "certificates"), "--token-auth-file="+tokens, "--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file="+keyFile,
		"--service-account-signing-key-file="+keyFile, "--service-cluster-ip-range=10.96.0.0/24", "--endpoint-reconciler-type=none",
		"--watch-cache=true", "--profiling=false")
	if err != nil {
		return err
	}
	defer end(apiserver)
	certificate := filepath.Join(folder, "certificates", "apiserver.crt")
	config := &rest.Config{
		Host: fmt.Sprintf("https://127.0.0.1:%d", port), BearerToken: adminToken, QPS: 200, Burst: 400,
		TLSClientConfig: rest.TLSClientConfig{CAFile: certificate},
	}
	client, err := ready(ctx, config)
	if err != nil {
		return err
	}
	kubeconfig := filepath.Join(folder, "kubeconfig")
	if err := writeKubeconfig(kubeconfig, config.Host, certificate); err != nil {
		return err
	}
	manager, err := spawn(folder, "controllers", "--kubeconfig="+kubeconfig, "--leader-elect=false", "--secure-port=0",
		"--service-account-private-key-file="+keyFile, "--root-ca-file="+certificate, "--concurrent-gc-syncs=4",
		"--controllers=*,-node-lifecycle-controller,-node-ipam-controller,-ttl-after-finished-controller,-cloud-node-lifecycle-controller")
	if err != nil {
		return err
	}
	defer end(manager)
	if err := pretendNode(ctx, client); err != nil {
		return err
	}
	told, err := json.Marshal(map[string]any{"kubeconfig": kubeconfig, "server": config.Host})
	if err != nil {
		return err
	}
	fmt.Println(string(told))
	<-ctx.Done()
	return nil
}

func startEtcd(folder string) (*embed.Etcd, error) {
	config := embed.NewConfig()
	config.Dir = folder
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	config.EnableGRPCGateway = false
	clients, err := freeAddress()
	if err != nil {
		return nil, err
	}
	peers, err := freeAddress()
	if err != nil {
		return nil, err
	}
	config.ListenClientUrls, config.AdvertiseClientUrls = clients, clients
	config.ListenPeerUrls, config.AdvertisePeerUrls = peers, peers
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, nil
	case <-time.After(60 * time.Second):
		etcd.Close()
		return nil, fmt.Errorf("etcd did not become ready")
	}
}

func spawn(folder string, part string, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(folder, part+".log"))
	if err != nil {
		return nil, err
	}
	command := exec.Command(self, append([]string{part}, args...)...)
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return command, command.Start()
}

func end(command *exec.Cmd) {
	_ = command.Process.Kill()
	_ = command.Wait()
}

func ready(ctx context.Context, config *rest.Config) (*kubernetes.Clientset, error) {
	var last error
	for range 600 {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		client, err := kubernetes.NewForConfig(config)
		if err == nil {
			_, err = client.RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
			if err == nil {
				return client, nil
			}
		}
		last = err
		time.Sleep(200 * time.Millisecond)
	}
	return nil, fmt.Errorf("the API server did not become ready: %w", last)
}

func writeKubeconfig(file string, server string, certificate string) error {
	config := api.NewConfig()
	config.Clusters["real"] = &api.Cluster{Server: server, CertificateAuthority: certificate}
	config.AuthInfos["admin"] = &api.AuthInfo{Token: adminToken}
	config.AuthInfos["guest"] = &api.AuthInfo{Token: guestToken}
	config.AuthInfos["stranger"] = &api.AuthInfo{Token: "token-of-nobody"}
	for name := range config.AuthInfos {
		config.Contexts[name] = &api.Context{Cluster: "real", AuthInfo: name}
	}
	config.CurrentContext = "admin"
	return clientcmd.WriteToFile(*config, file)
}

func writeKey(folder string) (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "service-accounts.key")
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return file, os.WriteFile(file, pem.EncodeToMemory(block), 0o600)
}

func freeAddress() ([]url.URL, error) {
	port, err := freePort()
	return []url.URL{{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port)}}, err
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	certutil "k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/retry"
)

const nodeName = "pretended"

// node takes pods and says of them what a kubelet would, by the name of their image; it runs nothing.
//
//	…/missing:…      an image that can't be pulled
//	…/crash:…        ends at once with exit code 1, again and again; its log tells the values of its environment
//	…/never-ready:…  runs, but its readiness probe fails
//	anything else    runs and is ready; where it need not run for ever, it is done
//
// A pod with a node selector fits nowhere.
type node struct{ client *kubernetes.Clientset }

func pretendNode(ctx context.Context, client *kubernetes.Clientset) error {
	n := &node{client}
	port, err := n.serveLogs(ctx)
	if err != nil {
		return err
	}
	room := core.ResourceList{
		core.ResourceCPU: resource.MustParse("64"), core.ResourceMemory: resource.MustParse("256Gi"), core.ResourcePods: resource.MustParse("500"),
	}
	_, err = client.CoreV1().Nodes().Create(ctx, &core.Node{ObjectMeta: meta.ObjectMeta{Name: nodeName}}, meta.CreateOptions{})
	if err != nil {
		return err
	}
	status := core.NodeStatus{
		Capacity: room, Allocatable: room,
		Conditions:      []core.NodeCondition{{Type: core.NodeReady, Status: core.ConditionTrue, Reason: "Pretended"}},
		Addresses:       []core.NodeAddress{{Type: core.NodeInternalIP, Address: "127.0.0.1"}},
		DaemonEndpoints: core.NodeDaemonEndpoints{KubeletEndpoint: core.DaemonEndpoint{Port: int32(port)}},
	}
	// The controllers look after new nodes too.
	err = retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		node, err := client.CoreV1().Nodes().Get(ctx, nodeName, meta.GetOptions{})
		if err != nil {
			return err
		}
		node.Status = status
		_, err = client.CoreV1().Nodes().UpdateStatus(ctx, node, meta.UpdateOptions{})
		return err
	})
	if err != nil {
		return err
	}
	go n.follow(ctx)
	return nil
}

// follow looks at all pods again and again: few pods and simple work need no informer.
func (n *node) follow(ctx context.Context) {
	for ctx.Err() == nil {
		pods, err := n.client.CoreV1().Pods("").List(ctx, meta.ListOptions{})
		if err == nil {
			for i := range pods.Items {
				if err := n.tend(ctx, &pods.Items[i]); err != nil && !errors.IsNotFound(err) && !errors.IsConflict(err) && ctx.Err() == nil {
					fmt.Fprintln(os.Stderr, err)
				}
			}
		}
		time.Sleep(150 * time.Millisecond)
	}
}

func (n *node) tend(ctx context.Context, pod *core.Pod) error {
	pods := n.client.CoreV1().Pods(pod.Namespace)
	if pod.DeletionTimestamp != nil {
		now := int64(0)
		return pods.Delete(ctx, pod.Name, meta.DeleteOptions{GracePeriodSeconds: &now})
	}
	if pod.Spec.NodeName == "" {
		if len(pod.Spec.NodeSelector) > 0 {
			return n.cannotPlace(ctx, pod)
		}
		target := core.ObjectReference{Kind: "Node", Name: nodeName}
		return pods.Bind(ctx, &core.Binding{ObjectMeta: meta.ObjectMeta{Name: pod.Name}, Target: target}, meta.CreateOptions{})
	}
	if pod.Status.StartTime != nil {
		return nil
	}
	now := meta.Now()
	pod.Status.StartTime = &now
	pod.Status.HostIP, pod.Status.PodIP = "127.0.0.1", "127.0.0.1"
	pod.Status.Phase = core.PodRunning
	isReady, isDone := true, false
	for _, container := range pod.Spec.Containers {
		status := n.containerStatus(ctx, pod, container)
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, status)
		isReady = isReady && status.Ready
		isDone = isDone || status.State.Terminated != nil
		if status.State.Terminated != nil && status.State.Terminated.ExitCode != 0 {
			pod.Status.Phase = core.PodFailed
		} else if status.State.Terminated != nil {
			pod.Status.Phase = core.PodSucceeded
		} else if status.State.Waiting != nil && status.RestartCount == 0 {
			pod.Status.Phase = core.PodPending
		}
	}
	state := core.ConditionFalse
	if isReady && !isDone {
		state = core.ConditionTrue
	}
	for _, condition := range []core.PodConditionType{core.ContainersReady, core.PodReady} {
		pod.Status.Conditions = append(pod.Status.Conditions, core.PodCondition{Type: condition, Status: state, LastTransitionTime: now})
	}
	_, err := pods.UpdateStatus(ctx, pod, meta.UpdateOptions{})
	return err
}

func (n *node) containerStatus(ctx context.Context, pod *core.Pod, container core.Container) core.ContainerStatus {
	status := core.ContainerStatus{Name: container.Name, Image: container.Image}
	ended := func(code int32, reason string) *core.ContainerStateTerminated {
		now := meta.Now()
		return &core.ContainerStateTerminated{ExitCode: code, Reason: reason, StartedAt: now, FinishedAt: now}
	}
	restarts := pod.Spec.RestartPolicy == core.RestartPolicyAlways
	switch kindOf(container.Image) {
	case "missing":
		message := fmt.Sprintf("Back-off pulling image %q: not found", container.Image)
		status.State.Waiting = &core.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: message}
		n.tell(ctx, pod, "Failed", fmt.Sprintf("Failed to pull image %q: not found", container.Image))
	case "crash":
		if !restarts {
			status.State.Terminated = ended(1, "Error")
			break
		}
		status.RestartCount = 5
		status.State.Waiting = &core.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: "back-off 2m40s restarting failed container"}
		status.LastTerminationState.Terminated = ended(1, "Error")
		n.tell(ctx, pod, "BackOff", "Back-off restarting failed container "+container.Name)
	case "never-ready":
		status.State.Running = &core.ContainerStateRunning{StartedAt: meta.Now()}
		n.tell(ctx, pod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")
	default:
		if restarts {
			status.State.Running = &core.ContainerStateRunning{StartedAt: meta.Now()}
			status.Ready = true
		} else {
			status.State.Terminated = ended(0, "Completed")
		}
	}
	return status
}

// kindOf is the last part of an image's name, without its tag.
func kindOf(image string) string {
	name := image[strings.LastIndex(image, "/")+1:]
	if colon := strings.Index(name, ":"); colon >= 0 {
		return name[:colon]
	}
	return name
}

func (n *node) cannotPlace(ctx context.Context, pod *core.Pod) error {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == core.PodScheduled {
			return nil
		}
	}
	message := "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
	pod.Status.Conditions = append(pod.Status.Conditions, core.PodCondition{
		Type: core.PodScheduled, Status: core.ConditionFalse, Reason: "Unschedulable", Message: message, LastTransitionTime: meta.Now(),
	})
	n.tell(ctx, pod, "FailedScheduling", message)
	_, err := n.client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, pod, meta.UpdateOptions{})
	return err
}

func (n *node) tell(ctx context.Context, pod *core.Pod, reason string, message string) {
	now := meta.Now()
	event := &core.Event{
		ObjectMeta:     meta.ObjectMeta{GenerateName: pod.Name + ".", Namespace: pod.Namespace},
		InvolvedObject: core.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Type:           core.EventTypeWarning, Reason: reason, Message: message, Count: 1, FirstTimestamp: now, LastTimestamp: now,
	}
	if _, err := n.client.CoreV1().Events(pod.Namespace).Create(ctx, event, meta.CreateOptions{}); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// serveLogs answers what the API server asks a kubelet for the log of a container.
func (n *node) serveLogs(ctx context.Context) (int, error) {
	certificate, key, err := certutil.GenerateSelfSignedCertKey("127.0.0.1", []net.IP{net.IPv4(127, 0, 0, 1)}, nil)
	if err != nil {
		return 0, err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return 0, err
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		return 0, err
	}
	handler := http.NewServeMux()
	handler.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		pod, err := n.client.CoreV1().Pods(r.PathValue("namespace")).Get(ctx, r.PathValue("pod"), meta.GetOptions{})
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		for _, container := range pod.Spec.Containers {
			if container.Name == r.PathValue("container") {
				fmt.Fprint(w, n.logOf(ctx, pod, container))
			}
		}
	})
	go func() { _ = (&http.Server{Handler: handler}).Serve(listener) }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func (n *node) logOf(ctx context.Context, pod *core.Pod, container core.Container) string {
	lines := []string{"starting " + container.Name}
	for _, variable := range container.Env {
		value := variable.Value
		if from := variable.ValueFrom; from != nil && from.SecretKeyRef != nil {
			secret, err := n.client.CoreV1().Secrets(pod.Namespace).Get(ctx, from.SecretKeyRef.Name, meta.GetOptions{})
			if err == nil {
				value = string(secret.Data[from.SecretKeyRef.Key])
			}
		}
		lines = append(lines, fmt.Sprintf("%s=%s", variable.Name, value))
	}
	if kindOf(container.Image) == "crash" {
		lines = append(lines, "FATAL: could not connect to the database")
	}
	return strings.Join(lines, "\n") + "\n"
}

using System.Text.Json.Nodes;

namespace Fed.Tests.Deploy;

/// <summary>What no schema of Kubernetes sees: that the objects of a chart fit each other, and let nobody in.</summary>
public sealed class ChartObjectTests
{
    [HelmTheory]
    [MemberData(nameof(Charts.All), MemberType = typeof(Charts))]
    public async Task Pod_OfAnyValues_RunsAsNobodyInParticular(string chart, string set)
    {
        var render = await Charts.GetAsync(chart, set);
        var (pod, container) = (render.Pod.At("spec"), render.Container);

        Assert.Single(pod.List("containers"));
        Assert.Null(pod.Find("initContainers"));
        Assert.True((bool)pod.At("securityContext/runAsNonRoot"));
        Assert.NotEqual(0, (int)pod.At("securityContext/runAsUser"));
        Assert.Equal("RuntimeDefault", pod.Text("securityContext/seccompProfile/type"));
        Assert.True((bool)container.At("securityContext/readOnlyRootFilesystem"));
        Assert.False((bool)container.At("securityContext/allowPrivilegeEscalation"));
        Assert.Equal(["ALL"], container.List("securityContext/capabilities/drop").Select(each => (string)each!));
        Assert.NotNull(container.Find("resources/limits/memory"));
        // Whoever is no silo of a cluster has nothing to ask of Kubernetes.
        Assert.Equal(render.OfKind("Role").Any(), (bool)pod.At("automountServiceAccountToken"));
        Assert.False((bool)pod.At("enableServiceLinks"));
    }

    [HelmTheory]
    [MemberData(nameof(Charts.All), MemberType = typeof(Charts))]
    public async Task Volumes_OfAPod_AreMountedAndOfObjectsThatThereAre(string chart, string set)
    {
        var render = await Charts.GetAsync(chart, set);
        var volumes = render.Pod.List("spec/volumes").ToArray();
        var templates = render.Objects.SelectMany(one => one.List("spec/volumeClaimTemplates"))
            .Select(template => template.Text("metadata/name"));

        Assert.Equal(
            volumes.Select(volume => volume.Text("name")).Concat(templates).Order(),
            render.Container.List("volumeMounts").Select(mount => mount.Text("name")).Order());
        foreach (var name in volumes.Select(volume => volume.Text("configMap/name")).OfType<string>())
            Assert.Contains(render.OfKind("ConfigMap"), map => map.Text("metadata/name") == name);
        foreach (var name in volumes.Select(volume => volume.Text("persistentVolumeClaim/claimName")).OfType<string>())
        {
            if (name.StartsWith($"{Charts.Release}-", StringComparison.Ordinal))
                Assert.Contains(render.OfKind("PersistentVolumeClaim"), claim => claim.Text("metadata/name") == name);
        }

        // Keys are in what the release made: it must not take them away.
        Assert.All(render.OfKind("PersistentVolumeClaim"), claim =>
            Assert.Equal("keep", claim.At("metadata/annotations").AsObject()["helm.sh/resource-policy"]?.ToString()));
    }

    [HelmTheory]
    [MemberData(nameof(Charts.All), MemberType = typeof(Charts))]
    public async Task Selectors_OfAnyValues_FindThePods(string chart, string set)
    {
        var render = await Charts.GetAsync(chart, set);
        var labels = Labels(render.Pod);
        var selectors = render.Objects.SelectMany(one => (JsonNode?[])
        [
            one.Find("spec/selector/matchLabels"),
            one.Text("kind") == "Service" ? one.Find("spec/selector") : null,
            one.Find("spec/podSelector/matchLabels"),
            .. one.List("spec/template/spec/topologySpreadConstraints")
                .Select(spread => spread.Find("labelSelector/matchLabels")),
        ]).OfType<JsonObject>().Where(selector => !IsOfServices(selector)).ToArray();

        Assert.NotEmpty(selectors);
        Assert.All(selectors, selector => Assert.All(
            selector, each => Assert.Equal(each.Value?.ToString(), labels.GetValueOrDefault(each.Key))));
    }

    [HelmTheory]
    [MemberData(nameof(Charts.OfSilos), MemberType = typeof(Charts))]
    public async Task Ports_ThatObjectsName_AreThoseOfTheContainer(string set)
    {
        var render = await Charts.GetAsync(Charts.Silos, set);
        var ports = render.Container.List("ports").Select(port => port.Text("name")).ToArray();
        var named = render.OfKind("Service").SelectMany(service => service.List("spec/ports"))
            .Select(port => port.Text("targetPort"))
            .Concat(render.OfKind("NetworkPolicy").SelectMany(policy => policy.List("spec/ingress"))
                .SelectMany(rule => rule.List("ports")).Select(port => port.Text("port")))
            .Concat(((string[])["startupProbe", "readinessProbe", "livenessProbe"])
                .Select(probe => render.Container.Text($"{probe}/httpGet/port")))
            .Concat(render.OfKind("ServiceMonitor").SelectMany(monitor => monitor.List("spec/endpoints"))
                .Select(endpoint => endpoint.Text("port")));

        Assert.All(named, name => Assert.Contains(name, ports));
    }

    [HelmTheory]
    [MemberData(nameof(Charts.OfSilos), MemberType = typeof(Charts))]
    public async Task NetworkPolicy_OfAnyValues_OpensEachPortToThoseThatItIsFor(string set)
    {
        var render = await Charts.GetAsync(Charts.Silos, set);
        if (set == "minimal")
        {
            Assert.Empty(render.OfKind("NetworkPolicy"));
            return;
        }

        var rules = render.Only("NetworkPolicy").List("spec/ingress")
            .ToDictionary(rule => Assert.Single(rule.List("ports")).Text("port")!, rule => rule.List("from").ToArray());
        Assert.Equal(
            render.Container.List("ports").Select(port => port.Text("name")).Order(), rules.Keys.Order());
        Assert.All(rules.Where(rule => rule.Key != "http"), rule => Assert.NotEmpty(rule.Value));
        var silos = Assert.Single(rules["silo"]).At("podSelector/matchLabels").AsObject();
        Assert.Equal(Charts.Release, silos["app.kubernetes.io/instance"]?.ToString());
        Assert.Null(rules["silo"][0].Find("namespaceSelector"));
    }

    [HelmTheory]
    [MemberData(nameof(Charts.OfSilos), MemberType = typeof(Charts))]
    public async Task Secrets_OfAnyValues_AreNamedAndNotGiven(string set)
    {
        var render = await Charts.GetAsync(Charts.Silos, set);

        Assert.Empty(render.OfKind("Secret"));
        var secrets = render.Container.List("env").Where(variable => variable.Text("name") is { } name
            && (name == "FED_BLOBS" || name.EndsWith("ConnectionString", StringComparison.Ordinal))).ToArray();
        Assert.Equal(set == "minimal", secrets.Length == 0);
        Assert.All(secrets, variable => Assert.NotNull(variable.Find("valueFrom/secretKeyRef/name")));
        Assert.All(secrets, variable => Assert.Null(variable.Find("value")));
    }

    [HelmTheory]
    [InlineData("ingress", "spec/rules/0/http/paths/0/backend/service", "Ingress")]
    [InlineData("gateway-api", "spec/rules/0/backendRefs/0", "HTTPRoute")]
    public async Task WayIn_FromOutside_LeadsToTheGateway(string set, string path, string kind)
    {
        var render = await Charts.GetAsync(Charts.Silos, set);
        var backend = render.Only(kind).At(path);
        var service = render.OfKind("Service").Single(one => one.Text("metadata/name") == backend.Text("name"));

        var port = Assert.Single(service.List("spec/ports"));
        Assert.Equal("http", port.Text("targetPort"));
        var (said, named) = kind == "Ingress" ? ("name", "port/name") : ("port", "port");
        Assert.Equal(port.Text(said), backend.Text(named));
    }

    /// <summary>Alerts and dashboards ask for jobs that begin with fedhier.</summary>
    [HelmFact]
    public async Task ServiceMonitor_FindsOneServiceWithMetrics_AndCallsTheJobFedhier()
    {
        var render = await Charts.GetAsync(Charts.Silos, "monitoring");
        var spec = render.Only("ServiceMonitor").At("spec");

        var found = Assert.Single(render.OfKind("Service"), service => spec.At("selector/matchLabels").AsObject()
            .All(each => Labels(service).GetValueOrDefault(each.Key) == each.Value?.ToString()));
        Assert.Contains(found.List("spec/ports"), port => port.Text("name") == "metrics");
        Assert.Equal("fedhier", Labels(found)[spec.Text("jobLabel")!]);
        Assert.Contains(
            "up{job=~\"fedhier.*\"}",
            await File.ReadAllTextAsync(Repository.PathOf("deploy", "prometheus", "alerts.yml")),
            StringComparison.Ordinal);
    }

    [HelmTheory]
    [InlineData("defaults", 0)]
    [InlineData("defaults", 2, "monitoring.coreos.com/v1/ServiceMonitor", "monitoring.coreos.com/v1/PrometheusRule")]
    public async Task Monitoring_ByDefault_IsMadeWhereTheClusterKnowsIt(string set, int count, params string[] kinds)
    {
        var (code, output, errors) = await Helm.RunAsync([
            "template", Charts.Release, Charts.PathOf(Charts.Silos), .. Charts.Values(Charts.Silos, set),
            .. kinds.SelectMany(kind => new[] { "--api-versions", kind })]);

        Assert.True(code == 0, errors);
        Assert.Equal(
            count,
            output.Split('\n').Count(line => line.StartsWith("apiVersion: monitoring", StringComparison.Ordinal)));
    }

    [HelmTheory]
    [MemberData(nameof(Charts.OfSilos), MemberType = typeof(Charts))]
    public async Task Cluster_OfAnyValues_LetsSilosFollowPodsAndNothingElse(string set)
    {
        var render = await Charts.GetAsync(Charts.Silos, set);
        var pod = render.Pod;
        if (set == "minimal")
        {
            Assert.Empty(render.OfKind("Role"));
            return;
        }

        var rule = Assert.Single(render.Only("Role").List("rules"));
        Assert.Equal(["pods"], rule.List("resources").Select(each => (string)each!));
        Assert.Equal(["get", "list", "patch", "watch"], rule.List("verbs").Select(each => (string)each!).Order());
        var subject = Assert.Single(render.Only("RoleBinding").List("subjects"));
        Assert.Equal(pod.Text("spec/serviceAccountName"), subject.Text("name"));
        Assert.Equal(render.Only("ServiceAccount").Text("metadata/name"), subject.Text("name"));
        Assert.Equal(Charts.Namespace, subject.Text("namespace"));
        // Orleans finds the pods of its cluster by these.
        var labels = Labels(pod);
        Assert.Equal(
            set switch { "redis" => ("house", "blue"), "numbers" => ("7", "8"), _ => ("fedhier", "fedhier") },
            (labels["orleans/serviceId"], labels["orleans/clusterId"]));
    }

    [HelmFact]
    public async Task Autoscaler_WhenAsked_OwnsTheNumberOfSilos()
    {
        var render = await Charts.GetAsync(Charts.Silos, "redis");
        var silos = render.Only("StatefulSet");

        Assert.Null(silos.Find("spec/replicas"));
        Assert.Equal(
            silos.Text("metadata/name"), render.Only("HorizontalPodAutoscaler").Text("spec/scaleTargetRef/name"));
        // Of what a share of nothing would be.
        Assert.NotNull(render.Container.Find("resources/requests/cpu"));
        Assert.Single(render.OfKind("PodDisruptionBudget"));
    }

    [HelmTheory]
    [MemberData(nameof(Charts.OfParticipant), MemberType = typeof(Charts))]
    public async Task Participant_OfAnyValues_ReadsItsDataOnlyAndIsConnectedToByNobody(string set)
    {
        var render = await Charts.GetAsync(Charts.Participant, set);

        var mounts = render.Container.List("volumeMounts").ToDictionary(mount => mount.Text("mountPath")!);
        Assert.True((bool)mounts["/data"].At("readOnly"));
        Assert.Null(mounts["/state"].Find("readOnly"));
        Assert.Empty(render.OfKind("Service"));
        Assert.Contains(
            "Ingress", render.Only("NetworkPolicy").List("spec/policyTypes").Select(type => (string)type!));
        Assert.Null(render.Only("NetworkPolicy").Find("spec/ingress"));
        Assert.Equal("Never", render.Pod.Text("spec/restartPolicy"));
    }

    /// <summary>The pod of a Job cannot be changed; helm would fail to.</summary>
    [HelmFact]
    public async Task Job_OfAnotherPod_HasAnotherName_AndAPauseHasNot()
    {
        string[] names =
        [
            await NameAsync(), await NameAsync("--set", "patience=31"), await NameAsync("--set", "job.suspend=true"),
        ];

        Assert.NotEqual(names[0], names[1]);
        Assert.Equal(names[0], names[2]);

        static async Task<string> NameAsync(params string[] options)
        {
            var (_, output, _) = await Helm.RunAsync([
                "template", Charts.Release, Charts.PathOf(Charts.Participant), "--show-only", "templates/job.yaml",
                .. Charts.Values(Charts.Participant, "https"), .. options]);
            return output.Split('\n').First(line => line.StartsWith("  name: ", StringComparison.Ordinal));
        }
    }

    private static Dictionary<string, string> Labels(JsonNode node) =>
        node.At("metadata/labels").AsObject().ToDictionary(each => each.Key, each => each.Value!.ToString());

    private static bool IsOfServices(JsonObject selector) => selector.ContainsKey("app.kubernetes.io/component");
}

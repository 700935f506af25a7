#!/usr/bin/env bash
# run-image.sh ROOT ENTRY CMD...: runs an unpacked image as an engine would that is told --read-only, --network none and
# tmpfs at /tmp and /data: as the image's user, with its variables ($IMAGE_USER, $IMAGE_ENV, $IMAGE_DIRECTORY) and
# nothing else. What a base image would have comes from this machine: its libraries, and dotnet ($DOTNET). Inside it the
# health check ($IMAGE_HEALTH) is asked once the program is ready, then the program is told to stop. To be run by
# `unshare --mount --net`.
set -euo pipefail

root=$1
shift
ip link set lo up
mount --make-rprivate /
mount --bind "$root" "$root"
for shared in usr lib lib64 bin etc dev proc; do
    [ -d "/$shared" ] || continue
    mkdir -p "$root/$shared"
    mount --rbind "/$shared" "$root/$shared"
done
mkdir -p "$root/dotnet" "$root/tmp" "$root/data"
mount --bind "$DOTNET" "$root/dotnet"
mount -t tmpfs -o "mode=1777" tmpfs "$root/tmp"
mount -t tmpfs -o "uid=$IMAGE_USER,mode=700" tmpfs "$root/data"
mount -o remount,bind,ro "$root"

mapfile -t variables <<<"$IMAGE_ENV"
inside() {
    exec chroot --userspec="$IMAGE_USER:$IMAGE_USER" "$root" /usr/bin/env -i "--chdir=$IMAGE_DIRECTORY" \
        "${variables[@]}" PATH=/dotnet:/usr/bin "$@"
}

if (inside touch /written) 2>/dev/null; then
    echo "the root is not read-only"
    exit 1
fi
exec {lines}< <(inside "$@")
program=$!
while read -r -u "$lines" line; do
    echo "$line"
    [[ "$line" != ready* ]] || break
done
mapfile -t health <<<"$IMAGE_HEALTH"
status=0
(inside "${health[@]}") || status=$?
echo "health $status"
kill -TERM "$program"
wait "$program" || status=$?
echo "stopped $status"

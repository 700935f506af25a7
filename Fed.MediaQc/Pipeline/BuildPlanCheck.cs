using Fed.MediaQc.Pipeline.Labels;

namespace Fed.MediaQc.Pipeline;

/// <summary>Finds everything that is wrong with a plan, so that one run tells all of it.</summary>
public static class BuildPlanCheck
{
    public static IEnumerable<string> Problems(BuildPlan plan)
    {
        if (plan.Clip.Width % 16 != 0 || plan.Clip.Height % 16 != 0 || plan.Clip.Width < 64 || plan.Clip.Height < 64)
            yield return $"clip {plan.Clip.Width}x{plan.Clip.Height}: sides must be multiples of 16, at least 64";
        if (plan.Clip.Frames is < 6 or > 250)
            yield return $"clip.frames is {plan.Clip.Frames}; it must be 6 to 250";
        if (plan.Clip.Takes < 1 || plan.Clip.TestTakes < 1)
            yield return "clip.takes and clip.testTakes must be at least 1";
        foreach (var repeated in Repeated(plan.Sources.Select(source => source.Id)))
            yield return $"source '{repeated}' appears twice";
        foreach (var repeated in Repeated(plan.Houses.Select(house => house.Name)))
            yield return $"house '{repeated}' appears twice";
        var known = plan.Sources.Select(source => source.Id).ToHashSet();
        foreach (var id in plan.Test.Sources.Concat(plan.Houses.SelectMany(house => house.Sources)))
        {
            if (!known.Contains(id))
                yield return $"source '{id}' is used but not described";
        }

        // A held-out image in a house would make the test set worthless.
        foreach (var shared in Repeated(plan.Test.Sources.Concat(plan.Houses.SelectMany(house => house.Sources))))
            yield return $"source '{shared}' is used twice; content of houses and test must be disjoint";
        foreach (var problem in plan.Houses.SelectMany(Problems))
            yield return problem;
        foreach (var fault in plan.Test.Faults.Where(fault => ChainFault.Problem(fault) is not null))
            yield return $"test: {ChainFault.Problem(fault)}";
    }

    private static IEnumerable<string> Problems(HousePlan house)
    {
        if (!Encoders.Known.Contains(house.Encoder))
        {
            yield return $"{house.Name}: encoder '{house.Encoder}' is not one of " + string.Join(", ", Encoders.Known);
        }

        foreach (var name in house.Train.Keys.Concat(house.Validation.Keys).Distinct())
        {
            if (!QcClasses.Names.Contains(name))
                yield return $"{house.Name}: class '{name}' is not one of {string.Join(", ", QcClasses.Names)}";
        }

        if (house.Good.Length == 0 || house.Low.Length == 0 || house.Sources.Length == 0)
            yield return $"{house.Name}: needs good and low settings and sources";
        foreach (var fault in house.Faults.Where(fault => ChainFault.Problem(fault) is not null))
            yield return $"{house.Name}: {ChainFault.Problem(fault)}";
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);
}

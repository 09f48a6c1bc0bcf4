(* The notions of Dynamics.v and Entropy.v for a map of any metric space; those for maps of R are the case
   dist x y = |x - y|, as the last lemmas say.

   And what two families of points have in common that are coded by sequences of bits: if different sequences
   give distal points, and any two points are proximal, then the points form an uncountable scrambled set. *)
From Coq Require Import Reals Lra Lia List.
From Certify Require Import Dynamics Entropy.
Local Open Scope R_scope.

Section Definitions.
Context {X : Type}.
Variables (dist : X -> X -> R) (f : X -> X).

Definition distal_in (x y : X) : Prop :=
  exists d, 0 < d /\ forall N, exists n, (N <= n)%nat /\ d <= dist (iter n f x) (iter n f y).

Definition proximal_in (x y : X) : Prop :=
  forall eps, 0 < eps -> forall N, exists n, (N <= n)%nat /\ dist (iter n f x) (iter n f y) < eps.

Definition scrambled_in (S : X -> Prop) : Prop :=
  forall x y, S x -> S y -> x <> y -> distal_in x y /\ proximal_in x y.

(* An uncountable scrambled set in K, without periodic points, every point of which is distal from every
   periodic point. *)
Definition has_scrambled_in (K : X -> Prop) : Prop :=
  exists S : X -> Prop,
    (forall x, S x -> K x) /\
    (forall x, S x -> ~ periodic f x) /\
    uncountable S /\
    scrambled_in S /\
    (forall x q, S x -> periodic f q -> distal_in x q).

(* Within the first n points of their orbits x and y are once more than eps apart. *)
Definition apart_in (n : nat) (eps : R) (x y : X) : Prop :=
  exists k, (k < n)%nat /\ eps < dist (iter k f x) (iter k f y).

(* h(f) >= ln lam on K, which f maps into itself: for each mu < lam there is an eps for which the largest number
   of pairwise (n, eps)-separated points of K is at least mu^n for arbitrarily large n. *)
Definition entropy_ge_ln_in (K : X -> Prop) (lam : R) : Prop :=
  forall mu, 0 < mu < lam -> exists eps, 0 < eps /\
    forall N, exists n E, (N <= n)%nat /\
      ((forall x, In x E -> K x) /\ ForallOrdPairs (apart_in n eps) E) /\ mu ^ n <= INR (length E).
End Definitions.

(* ---- Points coded by sequences of bits ---- *)

Section Codes.
Context {X : Type}.
Variables (dist : X -> X -> R) (f : X -> X).
Hypothesis dist_self : forall x, dist x x = 0.
Variable code : (nat -> bool) -> X.
Hypothesis code_distal : forall beta gamma i, beta i <> gamma i -> distal_in dist f (code beta) (code gamma).

Definition codes (x : X) : Prop := exists beta, x = code beta.

Lemma distal_irrefl_in x : ~ distal_in dist f x x.
Proof. intros [d [Hd H]]. destruct (H 0%nat) as [n [_ H']]. rewrite dist_self in H'. lra. Qed.

(* Cantor's diagonal *)
Lemma codes_uncountable : uncountable codes.
Proof.
  intro s. set (says_no := fun k => exists beta, s k = code beta /\ beta k = false).
  set (D := fun k => if ClassicalDedekindReals.sig_not_dec (says_no k) then true else false).
  assert (HD : forall k, D k = true <-> ~ ~ says_no k).
  { intro k; unfold D. destruct (ClassicalDedekindReals.sig_not_dec (says_no k)); split; auto; discriminate. }
  exists (code D). split; [exists D; auto|]. intros n En.
  destruct (D n) eqn:Dn.
  - apply (proj1 (HD n) Dn). intros [beta [Es Eb]].
    apply (distal_irrefl_in (code D)). rewrite <- En at 1. rewrite Es.
    apply (code_distal _ _ n). congruence.
  - assert (Hno : ~ ~ says_no n) by (intro H; apply H; exists D; auto).
    apply HD in Hno. congruence.
Qed.

Hypothesis code_proximal : forall beta gamma, proximal_in dist f (code beta) (code gamma).

Lemma codes_scrambled : scrambled_in dist f codes.
Proof.
  intros x y [beta ->] [gamma ->] Hne. split; [|apply code_proximal].
  destruct (ClassicalDedekindReals.sig_forall_dec (fun i => beta i = gamma i)) as [[i Hi]|Heq].
  - intro n; destruct (Bool.bool_dec (beta n) (gamma n)); auto.
  - apply (code_distal _ _ i); auto.
  - exfalso; apply Hne. f_equal. apply FunctionalExtensionality.functional_extensionality; auto.
Qed.
End Codes.

(* ---- On the line ---- *)

Definition line_distance (x y : R) : R := Rabs (x - y).

Lemma line_distance_self x : line_distance x x = 0.
Proof. unfold line_distance. rewrite Rminus_eq_0. apply Rabs_R0. Qed.

Lemma distal_on_line f x y : distal f x y <-> distal_in line_distance f x y.
Proof. reflexivity. Qed.
Lemma has_scrambled_on_line f lo hi :
  has_scrambled f lo hi <-> has_scrambled_in line_distance f (fun x => lo <= x <= hi).
Proof. reflexivity. Qed.
Lemma entropy_on_line f lo hi lam :
  entropy_ge_ln f lo hi lam <-> entropy_ge_ln_in line_distance f (stays f lo hi) lam.
Proof. reflexivity. Qed.

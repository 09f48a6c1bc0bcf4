(* Piecewise-linear functions as a line and a list of changes: at the point p the line (s, c) is added, from p on.
   Sums of such functions are concatenations of lists, which are then sorted. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Coq Require Import Orders Mergesort Sorted Permutation.
From Certify Require Import Rational Bends Evaluate Pieces Images.
Import ListNotations.
Open Scope R_scope.

(* ---- lines and changes, over a common denominator that stands elsewhere ---- *)

Notation zline := (Z * Z)%type.          (* x -> s x + c *)
Notation change := (Q * (Z * Z))%type.   (* such a line, from the point on *)

Definition zsem (l : zline) (x : R) : R := IZR (fst l) * x + IZR (snd l).
Definition zadd (k l : zline) : zline := (fst k + fst l, snd k + snd l)%Z.
Definition zsub (k l : zline) : zline := (fst k - fst l, snd k - snd l)%Z.
Definition zscale (a : Z) (l : zline) : zline := (a * fst l, a * snd l)%Z.
Definition is_zero (l : zline) : bool := (fst l =? 0)%Z && (snd l =? 0)%Z.

Lemma zsem_add k l x : zsem (zadd k l) x = zsem k x + zsem l x.
Proof. unfold zsem, zadd; cbn [fst snd]. rewrite !plus_IZR. ring. Qed.
Lemma zsem_sub k l x : zsem (zsub k l) x = zsem k x - zsem l x.
Proof. unfold zsem, zsub; cbn [fst snd]. rewrite !minus_IZR. ring. Qed.
Lemma zsem_scale a l x : zsem (zscale a l) x = IZR a * zsem l x.
Proof. unfold zsem, zscale; cbn [fst snd]. rewrite !mult_IZR. ring. Qed.
Lemma is_zero_sem l x : is_zero l = true -> zsem l x = 0.
Proof.
  unfold is_zero, zsem. rewrite andb_true_iff, !Z.eqb_eq. intros [-> ->]. lra.
Qed.

Definition from (p : Q) (x y : R) : R := if Rlt_dec x (Q2R p) then 0 else y.

Fixpoint total (ks : list change) (x : R) : R :=
  match ks with [] => 0 | (p, l) :: rest => from p x (zsem l x) + total rest x end.

Record form := Form { base : zline; changes : list change }.
Definition form_sem (F : form) (x : R) : R := zsem (base F) x + total (changes F) x.

Lemma total_app ks js x : total (ks ++ js) x = total ks x + total js x.
Proof. induction ks as [|[p l] ks IH]; simpl; lra. Qed.

(* the points increase (weakly), from a on *)
Fixpoint ascending {A} (a : option Q) (ks : list (Q * A)) : Prop :=
  match ks with [] => True | (p, _) :: rest => right_of a (Q2R p) /\ ascending (Some p) rest end.

Lemma ascending_weaken {A} (ks : list (Q * A)) a b :
  (forall x, right_of b x -> right_of a x) -> ascending b ks -> ascending a ks.
Proof. destruct ks as [|[p l] ks]; simpl; auto. intros H [H1 H2]; auto. Qed.

Lemma ascending_from {A} (ks : list (Q * A)) a p : right_of a (Q2R p) -> ascending (Some p) ks -> ascending a ks.
Proof.
  intro H. apply ascending_weaken. intro x. destruct a; simpl in *; [lra|auto].
Qed.

Lemma total_before ks x : forall p, ascending (Some p) ks -> x < Q2R p -> total ks x = 0.
Proof.
  induction ks as [|[q l] ks IH]; intros p H Hx; cbn [total]; auto. destruct H as [H1 H2]. simpl in H1.
  unfold from. destruct (Rlt_dec x (Q2R q)); [|lra]. rewrite (IH q) by (auto; lra). ring.
Qed.

(* ---- sorting changes, and adding those at one point ---- *)

Module ByPoint <: TotalLeBool.
  Definition t := change.
  Definition leb (k j : t) : bool := leq (fst k) (fst j).
  Lemma leb_total k j : is_true (leb k j) \/ is_true (leb j k).
  Proof.
    unfold is_true, leb. destruct (leqP (fst k) (fst j)), (leqP (fst j) (fst k)); auto; lra.
  Qed.
End ByPoint.
Module Sorting := Sort ByPoint.

Fixpoint gather (ks : list change) : list change :=
  match ks with
  | [] => []
  | (p, l) :: rest =>
      match gather rest with
      | (q, l') :: others =>
          if same p q then let sum := zadd l l' in if is_zero sum then others else (q, sum) :: others
          else (p, l) :: (q, l') :: others
      | [] => [(p, l)]
      end
  end.

Lemma gather_total ks x : total (gather ks) x = total ks x.
Proof.
  induction ks as [|[p l] ks IH]; cbn [gather total]; auto. rewrite <- IH. clear IH.
  destruct (gather ks) as [|[q l'] others]; auto.
  destruct (sameP p q) as [E|_]; auto. cbn [total]. unfold from. rewrite <- E.
  destruct (is_zero (zadd l l')) eqn:Z0.
  - apply (is_zero_sem _ x) in Z0. rewrite zsem_add in Z0. destruct (Rlt_dec x (Q2R p)); lra.
  - cbn [total]. unfold from. rewrite <- E, zsem_add. destruct (Rlt_dec x (Q2R p)); lra.
Qed.

Lemma gather_ascending ks : forall a, ascending a ks -> ascending a (gather ks).
Proof.
  induction ks as [|[p l] ks IH]; intros a H; cbn [gather]; auto. destruct H as [Ha H].
  specialize (IH _ H). destruct (gather ks) as [|[q l'] others]; [simpl; auto|].
  destruct (same p q); [|simpl in *; tauto].
  destruct IH as [Hq Ho]. assert (right_of a (Q2R q)) by (destruct a; simpl in *; lra).
  destruct (is_zero (zadd l l')); [apply (ascending_from _ a q); auto|simpl; auto].
Qed.

Lemma sort_total ks x : total (Sorting.sort ks) x = total ks x.
Proof.
  symmetry. induction (Sorting.Permuted_sort ks) as [|[p l] ks js _ IH|[p k] [q l] ks|ks js is _ IH _ IH'];
    cbn [total] in *; lra.
Qed.

Lemma sort_ascending ks : ascending None (Sorting.sort ks).
Proof.
  assert (T : Transitive (fun k j => is_true (ByPoint.leb k j))).
  { intros k j i. unfold is_true, ByPoint.leb. destruct (leqP (fst k) (fst j)), (leqP (fst j) (fst i)),
      (leqP (fst k) (fst i)); auto; lra. }
  pose proof (Sorting.StronglySorted_sort ks T) as S. set (js := Sorting.sort ks) in *.
  assert (G : forall js a, StronglySorted (fun k j => is_true (ByPoint.leb k j)) js ->
    Forall (fun k => right_of a (Q2R (fst k))) js -> ascending a js).
  { clear. induction js as [|[p l] js IH]; intros a S F; simpl; auto.
    inversion_clear S as [|? ? S' F']. inversion_clear F as [|? ? Fp F'']. split; auto. apply IH; auto.
    eapply Forall_impl; [|exact F']. intros k Hk. apply (reflect_true _ _ (leqP _ _) Hk). }
  apply G; auto. apply Forall_forall. simpl; auto.
Qed.

(* ---- sums of units ---- *)

Fixpoint scaled (w : list Z) (Fs : list form) : list change :=
  match w, Fs with
  | a :: w', F :: Fs' =>
      (if (a =? 0)%Z then [] else map (fun k => (fst k, zscale a (snd k))) (changes F)) ++ scaled w' Fs'
  | _, _ => []
  end.

Definition combination (D : positive) (Fs : list form) (row : list Z * Z) : form :=
  Form (dot (fst row) (map (fun F => fst (base F)) Fs),
        (dot (fst row) (map (fun F => snd (base F)) Fs) + Zpos D * snd row)%Z)
       (gather (Sorting.sort (scaled (fst row) Fs))).

(* the values at x of all units *)
Definition values (D : positive) (Fs : list form) (x : R) : list R :=
  map (fun F => form_sem F x / IZR (Zpos D)) Fs.

Lemma scaled_total a ks x : total (map (fun k => (fst k, zscale a (snd k))) ks) x = IZR a * total ks x.
Proof.
  induction ks as [|[p l] ks IH]; simpl; [ring|]. rewrite IH. unfold from. rewrite zsem_scale.
  destruct (Rlt_dec x (Q2R p)); ring.
Qed.

Lemma combination_correct D d Fs row x :
  form_sem (combination D Fs row) x / IZR (Zpos (d * D)) = linear_R d (values D Fs x) row.
Proof.
  unfold linear_R, form_sem, combination. cbn [base changes].
  rewrite gather_total, sort_total. unfold zsem. cbn [fst snd].
  rewrite plus_IZR, mult_IZR, mult_pos_R. pose proof (pos_R D). pose proof (pos_R d).
  assert (E : IZR (dot (fst row) (map (fun F => fst (base F)) Fs)) * x +
    IZR (dot (fst row) (map (fun F => snd (base F)) Fs)) + total (scaled (fst row) Fs) x =
    IZR (Zpos D) * dot_R (fst row) (values D Fs x)).
  { destruct row as [w b]. cbn [fst]. clear b. revert Fs.
    induction w as [|a w IH]; intros [|F Fs]; cbn [dot map scaled total dot_R values]; try ring.
    fold (values D Fs x). rewrite total_app, !plus_IZR, !mult_IZR.
    assert (ES : total (if (a =? 0)%Z then [] else map (fun k => (fst k, zscale a (snd k))) (changes F)) x =
                 IZR a * total (changes F) x).
    { destruct (Z.eqb_spec a 0) as [->|_]; [simpl; ring|apply scaled_total]. }
    rewrite ES. specialize (IH Fs). unfold form_sem, zsem.
    transitivity (IZR a * (IZR (fst (base F)) * x + IZR (snd (base F)) + total (changes F) x) +
      IZR (Zpos D) * dot_R w (values D Fs x)); [rewrite <- IH; ring|field; lra]. }
  set (u := dot_R (fst row) (values D Fs x)) in *.
  replace (IZR (dot (fst row) (map (fun F => fst (base F)) Fs)) * x +
    (IZR (dot (fst row) (map (fun F => snd (base F)) Fs)) + IZR (Zpos D) * IZR (snd row)) +
    total (scaled (fst row) Fs) x) with (IZR (Zpos D) * u + IZR (Zpos D) * IZR (snd row)) by lra.
  field; lra.
Qed.

(* ---- from changes to lines and back ---- *)

Fixpoint walk (l : zline) (ks : list change) (x : R) : R :=
  match ks with
  | [] => zsem l x
  | (p, l') :: rest => if Rlt_dec x (Q2R p) then zsem l x else walk l' rest x
  end.

Fixpoint prefix (l : zline) (ks : list change) : list change :=
  match ks with [] => [] | (p, d) :: rest => let l' := zadd l d in (p, l') :: prefix l' rest end.

Fixpoint differences (l : zline) (ks : list change) : list change :=
  match ks with
  | [] => []
  | (p, l') :: rest =>
      let d := zsub l' l in if is_zero d then differences l' rest else (p, d) :: differences l' rest
  end.

Lemma walk_prefix ks x : forall a l, ascending a ks -> walk l (prefix l ks) x = zsem l x + total ks x.
Proof.
  induction ks as [|[p d] ks IH]; intros a l H; cbn [prefix walk total]; [ring|]. destruct H as [_ H].
  rewrite (IH (Some p)), zsem_add by auto. unfold from. destruct (Rlt_dec x (Q2R p)) as [h|h]; [|ring].
  rewrite (total_before ks x p H h). ring.
Qed.

Lemma prefix_ascending ks : forall a l, ascending a ks -> ascending a (prefix l ks).
Proof. induction ks as [|[p d] ks IH]; intros a l H; simpl in *; auto. destruct H; auto. Qed.

Lemma differences_ascending ks : forall a l, ascending a ks -> ascending a (differences l ks).
Proof.
  induction ks as [|[p l'] ks IH]; intros a l H; cbn [differences]; auto. destruct H as [Ha H].
  destruct (is_zero (zsub l' l)); [apply IH, (ascending_from _ a p); auto|simpl; auto].
Qed.

Lemma total_differences ks x : forall a l, ascending a ks -> zsem l x + total (differences l ks) x = walk l ks x.
Proof.
  induction ks as [|[p l'] ks IH]; intros a l H; cbn [differences walk]; [simpl; ring|].
  destruct H as [_ H]. specialize (IH (Some p) l' H).
  pose proof (fun h => total_before _ x p (differences_ascending ks (Some p) l' H) h) as B.
  destruct (is_zero (zsub l' l)) eqn:Z0.
  - apply (is_zero_sem _ x) in Z0. rewrite zsem_sub in Z0. destruct (Rlt_dec x (Q2R p)) as [h|h]; [rewrite (B h)|]; lra.
  - cbn [total]. rewrite zsem_sub. unfold from. destruct (Rlt_dec x (Q2R p)) as [h|h]; [rewrite (B h)|]; lra.
Qed.
